"""Messages as they go out: prepared once for a run, filled for each recipient."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import mjml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from marketing.models import Language, Message, MessageText, Tracking
from marketing.rules.mjml_source import Refusal, is_mjml, refusals
from marketing.rules.templates import Template, as_text, on_one_line, template_of

TOKEN = "message_token"
LINK_IN_HTML = re.compile(r'href="(https://[^"]+)"')
LINK_IN_TEXT = re.compile(r"https://[^\s<>\"'，。；）)]+")
TAGS, BLANK = (
    re.compile(r"<(?:head|style|title)\b.*?</(?:head|style|title)>|<!--.*?-->|<[^>]+>", re.DOTALL),
    re.compile(r"\n\s*\n+"),
)
BREAKS = re.compile(r"<(?:br|/p|/div|/tr|/h[1-6]|/li)\b[^>]*>", re.IGNORECASE)
FALLBACK = Language.EN.value
FRAME = """<mjml lang="{language}"><mj-head><mj-title>{subject}</mj-title><mj-preview>{preheader}</mj-preview>
<mj-attributes><mj-all font-family="system-ui, sans-serif" /><mj-text font-size="16px" line-height="1.5" color="#1f2937" /></mj-attributes>
</mj-head><mj-body background-color="#ffffff"><mj-section><mj-column>{paragraphs}</mj-column></mj-section></mj-body></mjml>"""


@dataclass(frozen=True)
class Rendered:
    """A message to one recipient, in the language that it came to be in."""

    subject: str
    html: str
    text: str
    language: str


@dataclass(frozen=True)
class Written:
    """A message in one language, taken apart."""

    subject: Template
    html: Template | None
    text: Template


class Prepared:
    """A message prepared for a run: links are ours, MJML is HTML; what is left is to fill in the values."""

    def __init__(self, texts: Mapping[str, Written]) -> None:
        self.texts = texts
        self.names = {
            name
            for one in texts.values()
            for part in (one.subject, one.html, one.text)
            if part is not None
            for name in part.names
        } - {TOKEN, "unsubscribe_url"}

    def render(self, language: str, values: Mapping[str, str], *, token: str) -> Rendered:
        """Fill in the values for one recipient, in their language or, where there is no text in it, in another."""
        spoken = language if language in self.texts else FALLBACK if FALLBACK in self.texts else next(iter(self.texts))
        written, filled = self.texts[spoken], {**values, TOKEN: token}
        html = written.html.fill(filled, _in_html) if written.html else ""
        return Rendered(written.subject.fill(filled, on_one_line), html, written.text.fill(filled, as_text), spoken)


def _in_html(value: str) -> str:
    return escape(as_text(value), quote=True)


def prepare(message: Message, *, tracking: str = Tracking.NONE) -> Prepared:
    """Prepare a message in all its languages. Where clicks are counted its links are ours; where it is kept who opened it,
    e-mail holds a dot that tells."""
    links = dict(message.links.values_list("url", "code")) if tracking != Tracking.NONE else {}
    dotted = tracking == Tracking.PERSON
    return Prepared({one.language: _written(message, one, links, dotted) for one in message.texts.all()})


def prepared_of(message: Message, texts: Iterable[MessageText]) -> Prepared:
    """The same for texts that need not be saved, their links left as they are."""
    return Prepared({text.language: _written(message, text, {}, False) for text in texts})


def _written(message: Message, text: MessageText, links: Mapping[str, str], dotted: bool) -> Written:
    subject = template_of(text.subject)
    if not message.is_mail:
        return Written(subject, None, template_of(_with_links(text.body, LINK_IN_TEXT, links)))
    html = html_of(text)
    plain = plain_of(html)
    html = _with_links(html, LINK_IN_HTML, links)
    if dotted:
        dot = f'<img src="{settings.SITE_URL}/o/{{{{{TOKEN}}}}}.gif" width="1" height="1" alt="">'
        html = html.replace("</body>", f"{dot}</body>")
    return Written(subject, template_of(html), template_of(_with_links(plain, LINK_IN_TEXT, links)))


def html_of(text: MessageText) -> str:
    """Return a mail's text as HTML: MJML rendered here, without asking anybody; plain paragraphs in a frame of ours.
    ValidationError for MJML that cannot be read, or that holds what an e-mail may not."""
    if is_mjml(text.body):
        for refusal in refusals(text.body):
            raise ValidationError({"body": sentence_of(refusal)})
        source = _spoken(text)
    else:
        source = _framed(text)
    try:
        return str(mjml.mjml2html(source, disable_comments=True, fonts={}, include_loader=_nothing_from_elsewhere))
    except Exception as error:  # the renderer raises its own, and panics as other kinds
        raise ValidationError(_("The MJML cannot be read: %(why)s") % {"why": str(error)[:200]}) from error


def _spoken(text: MessageText) -> str:
    """The MJML with its language, where it says none, and the first line in the inbox."""
    source = text.body
    if not re.match(r"\s*<mjml\b[^>]*\blang=", source):
        source = re.sub(r"<mjml\b", f'<mjml lang="{text.language}"', source, count=1)
    if text.preheader and "<mj-preview" not in source:
        preview = f"<mj-preview>{_kept(text.preheader)}</mj-preview>"
        if re.search(r"<mj-head\s*>", source):
            return re.sub(r"<mj-head\s*>", lambda found: found.group(0) + preview, source, count=1)
        return re.sub(r"<mjml\b[^>]*>", lambda found: f"{found.group(0)}<mj-head>{preview}</mj-head>", source, count=1)
    return source


def sentence_of(refusal: Refusal) -> str:
    """Say what may not stand in an e-mail, and on which line."""
    sentences = {
        "tag": _("line %(line)d: <%(what)s> is not sent in mails: take it out."),
        "attribute": _("line %(line)d: the attribute %(what)s is not sent in mails: take it out."),
        "address": _(
            "line %(line)d: “%(what)s” is no address that a message may lead to: write a whole one with https."
        ),
        "style": _("line %(line)d: the style “%(what)s” is not sent in mails: take it out."),
        "variable": _("line %(line)d: a variable may not stand in this attribute: %(what)s."),
        "odd": _("line %(line)d: comments and declarations are not sent in mails: “%(what)s”."),
        "root": _("MJML begins with <mjml> and ends with </mjml>, not so: “%(what)s”."),
    }
    return sentences[refusal.kind] % {"line": refusal.line, "what": refusal.written}


def _nothing_from_elsewhere(path: str) -> str:
    raise ValueError("Nothing is included from elsewhere.")


def _framed(text: MessageText) -> str:
    paragraphs = "".join(f"<mj-text>{_paragraph(one)}</mj-text>" for one in re.split(r"\n\s*\n", text.body.strip()))
    return FRAME.format(
        language=text.language, subject=_kept(text.subject), preheader=_kept(text.preheader), paragraphs=paragraphs
    )


def _paragraph(written: str) -> str:
    safe = _kept(written).replace("\n", "<br />")
    return LINK_IN_TEXT.sub(lambda found: f'<a href="{found.group(0)}">{found.group(0)}</a>', safe)


def _kept(written: str) -> str:
    """Escaped, but the variables stay what they are."""
    return escape(written, quote=False)


def plain_of(html: str) -> str:
    """Return a mail's HTML as plain text, its links written out."""
    shown = re.sub(r'<a\b[^>]*href="([^"]+)"[^>]*>(.*?)</a>', _link_as_text, html, flags=re.DOTALL)
    bare = unescape(TAGS.sub("", BREAKS.sub("\n", shown)))
    lines = [" ".join(line.split()) for line in bare.splitlines()]
    return BLANK.sub("\n\n", "\n".join(lines)).strip()


def _link_as_text(found: re.Match[str]) -> str:
    url, words = found.group(1), TAGS.sub("", found.group(2)).strip()
    return url if words in ("", url) else f"{words} ({url})"


def _with_links(text: str, pattern: re.Pattern[str], links: Mapping[str, str]) -> str:
    """The text with our own short links in the place of those that are known."""

    def ours(found: re.Match[str]) -> str:
        url = unescape(found.group(1) if pattern.groups else found.group(0))
        if url not in links:
            return found.group(0)
        short = f"{settings.SITE_URL}/l/{links[url]}/{{{{{TOKEN}}}}}/"
        return f'href="{short}"' if pattern.groups else short

    return pattern.sub(ours, text)


def urls_in(message: Message, text: MessageText) -> list[str]:
    """Return the addresses that a text leads to, in order, each once."""
    found = LINK_IN_HTML.findall(html_of(text)) if message.is_mail else LINK_IN_TEXT.findall(text.body)
    return list(dict.fromkeys(unescape(url) for url in found if "{{" not in url))


def with_campaign(url: str, *, campaign: str, channel: str) -> str:
    """Return an address that says where it was followed from (UTM); what it says already stays.

    >>> with_campaign("https://a.example/p?x=1#top", campaign="CM-1", channel="email")
    'https://a.example/p?x=1&utm_source=meridian&utm_medium=email&utm_campaign=CM-1#top'
    """
    parts = urlsplit(url)
    said = parse_qsl(parts.query, keep_blank_values=True)
    known = {name for name, _value in said}
    added = [("utm_source", "meridian"), ("utm_medium", channel), ("utm_campaign", campaign)]
    query = urlencode([*said, *(pair for pair in added if pair[1] and pair[0] not in known)])
    return urlunsplit(parts._replace(query=query))
