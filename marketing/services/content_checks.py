from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    severity: str
    where: str
    text: str


def findings_of(message, *, at):
    return [
        Finding("refuse", t.language, "guaranteed return") for t in message.texts.all() if "guaranteed return" in t.body
    ]
