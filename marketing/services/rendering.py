import html
from dataclasses import dataclass


@dataclass(frozen=True)
class Rendered:
    subject: str
    html: str
    text: str
    language: str = "en"


class Prepared:
    def __init__(self, texts):
        self.texts = texts
        self.names = ["name"]

    def render(self, language, values, *, token):
        subject, body = self.texts.get(language) or self.texts["en"]
        for k, v in values.items():
            body = body.replace("{{%s}}" % k, html.escape(v))
        return Rendered(subject, f"<p>{body}</p>", body, language)


def prepare(message, *, at, campaign=""):
    return Prepared({t.language: (t.subject, t.body) for t in message.texts.all()})
