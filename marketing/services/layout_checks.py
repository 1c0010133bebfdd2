"""What filters, operators and readers would stumble over in one text: what may not stand in it, links, the way out,
length, pictures, contrast."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.models import Purpose
from marketing.models import Language, Message, MessageChannel, MessageText
from marketing.rules import mjml_source
from marketing.rules.findings import REFUSE, WARN, Finding
from marketing.rules.templates import template_of
from marketing.rules.wording import contrast, sms_segments
from marketing.services.rendering import html_of, plain_of, sentence_of, urls_in

MOST_LINKS, MOST_SEGMENTS, SHORTEST_TEXT, LONGEST_SUBJECT, LONGEST_PUSH = 10, 5, 20, 70, 240
LEAST_CONTRAST = 4.5
ASKED_FOR = {Purpose.MARKETING, Purpose.PERSONALISED, Purpose.RESEARCH}
SHORTENERS = {
    "bit.ly", "t.co", "tinyurl.com", "goo.gl", "is.gd", "ow.ly", "buff.ly", "cutt.ly", "rb.gy", "t.cn", "dwz.cn",
    "suo.im", "url.cn",
}  # fmt: skip
VAGUE = {"click here", "here", "read more", "more", "link", "点击这里", "点这里", "点此", "點擊這裡", "點這裡", "點此", "这里", "這裡", "更多"}  # fmt: skip
WAYS_OUT = ("退订", "退訂", "拒收", "STOP")
INSECURE = re.compile(r"\b(?:http|ftp|javascript|data|file)://?[^\s<>\"']*", re.IGNORECASE)


def layout_findings(message: Message, text: MessageText) -> Iterator[Finding]:
    yield from _links(message, text)
    yield from _way_out(message, text)
    yield from _loud(text)
    if message.is_mail:
        yield from _mail(text)
    yield from _length(message, text)


def _found(text: MessageText, severity: str, kind: str, what: str, field: str = "body", line: int = 0) -> Finding:
    from marketing.services.content_checks import where_in  # the one place that says where

    return Finding(severity, where_in(text.language, field, line), what, kind, text.language, field, line)


def _links(message: Message, text: MessageText) -> Iterator[Finding]:
    for number, line in enumerate(text.body.splitlines(), 1):
        for found in INSECURE.finditer(line):
            sentence = _("“%(url)s” is no address that a message may lead to: use https.")
            yield _found(text, REFUSE, "link", sentence % {"url": found.group()[:60]}, line=number)
    try:
        urls = urls_in(message, text)
    except ValidationError:
        return  # said by another check
    for url in urls:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        if host in SHORTENERS:
            sentence = _("%(host)s hides where it leads: write the address itself, we shorten it.")
            yield _found(text, REFUSE, "link", sentence % {"host": host})
        elif not mjml_source.is_address(url) or len(url) > 2_000:
            yield _found(text, REFUSE, "link", _("“%(url)s” is no address.") % {"url": url[:60]})
    if len(urls) > MOST_LINKS:
        yield _found(text, WARN, "spam", _("%(n)d links look like spam.") % {"n": len(urls)})


def _way_out(message: Message, text: MessageText) -> Iterator[Finding]:
    """Who is written to without having asked is told how to end it (Advertising Law of the PRC, art. 43; RFC 8058)."""
    if message.purpose not in ASKED_FOR or "unsubscribe_url" in template_of(text.body).names:
        return
    if message.is_mail:
        said = _("a way to unsubscribe is missing: write {{unsubscribe_url}}.")
        yield _found(text, REFUSE, "unsubscribe", said)
    elif message.channel == MessageChannel.SMS and not any(word in text.body for word in WAYS_OUT):
        said = _("how to refuse further messages is missing: write how to answer, such as “TD to stop” or 退订.")
        yield _found(text, WARN, "unsubscribe", said)


def _loud(text: MessageText) -> Iterator[Finding]:
    letters = [sign for sign in text.subject if sign.isalpha() and sign.isascii()]
    if len(letters) > 8 and sum(sign.isupper() for sign in letters) > len(letters) * 0.6:
        yield _found(text, WARN, "spam", _("mostly capitals look like spam."), "subject")
    if re.search(r"[!！]{2,}|[¥$€]{2,}", text.subject):
        yield _found(text, WARN, "spam", _("repeated signs look like spam."), "subject")
    if len(text.subject) > LONGEST_SUBJECT:
        yield _found(text, WARN, "length", _("longer than 70 signs: telephones cut it off."), "subject")


def _mail(text: MessageText) -> Iterator[Finding]:
    if not text.subject:
        yield _found(text, REFUSE, "length", _("an e-mail needs a subject."), "subject")
    if mjml_source.is_mjml(text.body):
        refusals = list(mjml_source.refusals(text.body))
        yield from (_found(text, REFUSE, "markup", sentence_of(one), line=one.line) for one in refusals)
        yield from _accessible(text)
        if refusals:
            return
    try:
        plain = plain_of(html_of(text))
    except ValidationError as error:
        yield _found(text, REFUSE, "markup", " ".join(error.messages))
        return
    if len(plain) < SHORTEST_TEXT:
        yield _found(text, WARN, "spam", _("hardly any text: mail programs take it for spam."))


def _accessible(text: MessageText) -> Iterator[Finding]:
    source, ground = mjml_source.read(text.body), "#ffffff"
    for element in source.elements:
        own = element.attributes
        if element.tag in {"mj-image", "img"} and not own.get("alt", "").strip():
            yield _found(text, WARN, "accessibility", _("an image without alt: say what it shows."), line=element.line)
        if element.tag in {"mj-body", "mj-wrapper", "mj-section", "mj-column", "mj-hero"}:
            ground = own.get("background-color", "#ffffff" if element.tag == "mj-body" else ground)
        if element.tag in {"mj-text", "mj-button"}:
            yield from _contrast(text, element, ground)
        if element.tag == "mjml" and own.get("lang", text.language).lower() not in spoken(text.language):
            said = _("<mjml> says another language: readers aloud follow it.")
            yield _found(text, WARN, "accessibility", said, line=element.line)
    for _href, words, line in source.links:
        if " ".join(words.split()).casefold().strip(" .!→»>：:") in VAGUE:
            sentence = _("“%(words)s” says nothing of where a link leads.")
            yield _found(text, WARN, "accessibility", sentence % {"words": words.strip()}, line=line)


def spoken(language: str) -> set[str]:
    """How a document may name one of our languages."""
    more = {Language.HANS.value: {"zh", "zh-cn"}, Language.HANT.value: {"zh-tw", "zh-hk"}}
    return {language, *more.get(language, set())}


def _contrast(text: MessageText, element: mjml_source.Element, ground: str) -> Iterator[Finding]:
    own = element.attributes
    if element.tag == "mj-button":
        ratio = contrast(own.get("color", "#ffffff"), own.get("background-color", "#414141"))
    else:
        ratio = contrast(own.get("color", "#000000"), own.get("container-background-color", ground))
    if ratio is not None and ratio < LEAST_CONTRAST:
        sentence = _("contrast %(ratio)s : 1 is below 4.5 : 1: choose a darker colour.")
        yield _found(text, WARN, "accessibility", sentence % {"ratio": round(ratio, 1)}, line=element.line)


def _length(message: Message, text: MessageText) -> Iterator[Finding]:
    if message.channel == MessageChannel.SMS:
        parts, alphabet = sms_segments(text.body)
        said = {"n": parts, "alphabet": alphabet, "most": MOST_SEGMENTS}
        if parts > MOST_SEGMENTS:
            sentence = _("%(n)d parts (%(alphabet)s) cost as many messages: at most %(most)d.")
            yield _found(text, REFUSE, "length", sentence % said)
        elif parts > 1:
            yield _found(text, WARN, "length", _("%(n)d parts (%(alphabet)s) cost as many messages.") % said)
    if message.channel == MessageChannel.PUSH and len(text.body) > LONGEST_PUSH:
        yield _found(text, WARN, "length", _("longer than 240 signs: telephones cut it off."))
