"""What is wrong with a message, or may be: each finding says what, where and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.services.suitability_rules import company_day
from marketing.models import Claim, Disclosure, ForbiddenWord, Language, Message, MessageChannel, MessageText
from marketing.rules.templates import stray_braces, template_of
from marketing.rules.wording import contains, contrast, folded, sms_segments
from marketing.services.rendering import html_of, plain_of, urls_in
from marketing.services.variables import VARIABLES

REFUSE, WARN = "refuse", "warn"
MOST_LINKS, MOST_SEGMENTS, SHORTEST_TEXT = 10, 5, 20
LEAST_CONTRAST = 4.5
SHORTENERS = {"bit.ly", "t.co", "tinyurl.com", "goo.gl", "is.gd", "ow.ly", "t.cn", "dwz.cn", "suo.im", "url.cn"}
# What calls for a proof: a figure in percent, a superlative.
PROVABLE = re.compile(
    r"\d+(?:[.,]\d+)?\s*[%％]|\b(?:best|first|leading|largest|highest|lowest|cheapest|number one|no\. ?1)\b|最[好高低大佳]|第一|首家|领先|領先",
    re.IGNORECASE,
)
ACTIVE = re.compile(
    r"<mj-(?:raw|include|style|html-attributes)\b|<script\b|\bon[a-z]+\s*=|javascript:|<iframe\b|<object\b",
    re.IGNORECASE,
)
VAGUE = re.compile(r">\s*(click here|here|read more|点击这里|点这里|點這裡|點擊這裡)\s*<", re.IGNORECASE)
IMAGE = re.compile(r"<mj-image\b[^>]*>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"([a-z-]+)=\"([^\"]*)\"")
COLOURED = re.compile(r"<mj-(?:text|button)\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """`severity` is `refuse` (it cannot be signed off) or `warn`; `where` names the language and the part."""

    severity: str
    where: str
    text: str


def findings_of(message: Message, *, at: datetime) -> list[Finding]:
    """Return everything that the checks say of a message, the gravest first."""
    texts, day = list(message.texts.all()), company_day(at)
    if not texts:
        return [Finding(REFUSE, message.name, _("it says nothing yet: write it in a language."))]
    found = [one for text in texts for check in CHECKS for one in check(message, text, day)]
    missing = [label for code, label in Language.choices if code not in {text.language for text in texts}]
    if missing:
        said = _("there is no text in %(languages)s: who speaks it gets another.") % {"languages": ", ".join(missing)}
        found.append(Finding(WARN, message.name, said))
    return sorted(found, key=lambda one: one.severity != REFUSE)


def _everything(text: MessageText) -> str:
    return "\n".join([text.subject, text.preheader, text.body])


def _where(text: MessageText, part: str = "") -> str:
    return f"{text.get_language_display()}, {part}" if part else str(text.get_language_display())


def _forbidden(message: Message, text: MessageText, day: date) -> Iterator[Finding]:
    """Words of every language are looked for in every text: English stands in Chinese mails too."""
    for part in ("subject", "preheader", "body"):
        said = getattr(text, part)
        for word in ForbiddenWord.objects.in_force(day):
            if contains(said, word.words):
                sentence = _("“%(words)s” is forbidden (%(source)s): say it otherwise.")
                yield Finding(
                    REFUSE, _where(text, part), sentence % {"words": word.words, "source": word.source or "–"}
                )


def required_disclosures(message: Message, day: date) -> list[Disclosure]:
    """Return the disclosures that a message must hold, in every language: of its line and place, else of elsewhere."""
    line = message.product.line_id if message.product else message.line_id or ""
    place = message.product.jurisdiction if message.product else settings.COMPANY_JURISDICTION
    rules = Disclosure.objects.in_force(day).filter(
        line__in=["", line], jurisdiction__in=["", place], channel__in=["", message.channel]
    )
    best: dict[tuple[str, str], Disclosure] = {}
    for rule in rules:
        key = (rule.code, rule.language)
        if key not in best or rule.jurisdiction:
            best[key] = rule
    return list(best.values())


def _disclosures(message: Message, text: MessageText, day: date) -> Iterator[Finding]:
    for rule in required_disclosures(message, day):
        if rule.language == text.language and folded(rule.text) not in folded(text.body):
            said = _("the disclosure “%(text)s” is missing (%(source)s): add it.")
            yield Finding(REFUSE, _where(text, "body"), said % {"text": rule.text, "source": rule.source or "–"})


def _claims(message: Message, text: MessageText, day: date) -> Iterator[Finding]:
    held = [folded(one.words) for one in Claim.objects.holding(day)]
    plain = folded(_everything(text))
    proved = [words for words in held if words in plain]
    for found in PROVABLE.finditer(_everything(text)):
        if not any(folded(found.group(0)) in words for words in proved):
            said = _("“%(words)s” calls for a proof: enter it as a claim and have it approved, or leave it out.")
            yield Finding(REFUSE, _where(text), said % {"words": found.group(0)})


def _variables(message: Message, text: MessageText, day: date) -> Iterator[Finding]:
    for part in ("subject", "preheader", "body"):
        said = getattr(text, part)
        for name in sorted(template_of(said).names - set(VARIABLES)):
            yield Finding(REFUSE, _where(text, part), _("there is no variable “%(name)s”.") % {"name": name})
        for place in stray_braces(said):
            sentence = _("braces that are no variable at sign %(place)d: write {{name}}.")
            yield Finding(REFUSE, _where(text, part), sentence % {"place": place + 1})


def _mail(message: Message, text: MessageText, day: date) -> Iterator[Finding]:
    if not message.is_mail:
        return
    if not text.subject:
        yield Finding(REFUSE, _where(text, "subject"), _("an e-mail needs a subject."))
    if "unsubscribe_url" not in template_of(text.body).names:
        yield Finding(REFUSE, _where(text, "body"), _("a way to unsubscribe is missing: write {{unsubscribe_url}}."))
    if found := ACTIVE.search(text.body):
        yield Finding(
            REFUSE, _where(text, "body"), _("“%(what)s” is not sent in mails.") % {"what": found.group(0)[:30]}
        )
    try:
        plain = plain_of(html_of(text))
    except ValidationError as error:
        yield Finding(REFUSE, _where(text, "body"), " ".join(error.messages))
        return
    yield from _spam(text, plain)
    yield from _accessible(text)


def _spam(text: MessageText, plain: str) -> Iterator[Finding]:
    letters = [sign for sign in text.subject if sign.isalpha() and sign.isascii()]
    if len(letters) > 8 and sum(sign.isupper() for sign in letters) > len(letters) * 0.6:
        yield Finding(WARN, _where(text, "subject"), _("mostly capitals look like spam."))
    if re.search(r"[!！]{2,}|[¥$€]{2,}", text.subject):
        yield Finding(WARN, _where(text, "subject"), _("repeated signs look like spam."))
    if len(text.subject) > 70:
        yield Finding(WARN, _where(text, "subject"), _("longer than 70 signs: telephones cut it off."))
    if len(plain) < SHORTEST_TEXT:
        yield Finding(WARN, _where(text, "body"), _("hardly any text: mail programs take it for spam."))


def _accessible(text: MessageText) -> Iterator[Finding]:
    for image in IMAGE.findall(text.body):
        if not dict(ATTRIBUTE.findall(image)).get("alt"):
            yield Finding(WARN, _where(text, "body"), _("an image without alt: say what it shows."))
    if text.body.lstrip().startswith("<mjml") and not re.match(r"\s*<mjml\b[^>]*\blang=", text.body):
        yield Finding(WARN, _where(text, "body"), _("<mjml> says no lang: readers aloud need it."))
    for element in COLOURED.findall(text.body):
        said = dict(ATTRIBUTE.findall(element))
        ratio = contrast(said.get("color", "#000000"), said.get("background-color", "#ffffff"))
        if ratio is not None and ratio < LEAST_CONTRAST:
            sentence = _("contrast %(ratio)s : 1 is below 4.5 : 1: choose a darker colour.")
            yield Finding(WARN, _where(text, "body"), sentence % {"ratio": round(ratio, 1)})
    if found := VAGUE.search(text.body):
        sentence = _("“%(words)s” says nothing of where a link leads.")
        yield Finding(WARN, _where(text, "body"), sentence % {"words": found.group(1)})


def _links(message: Message, text: MessageText, day: date) -> Iterator[Finding]:
    if "http://" in text.body:
        yield Finding(REFUSE, _where(text, "body"), _("a link without https: everybody on the way can read it."))
    try:
        urls = urls_in(message, text)
    except ValidationError:
        return
    for url in urls:
        host = urlsplit(url).hostname or ""
        if host in SHORTENERS:
            sentence = _("%(host)s hides where it leads: write the address itself, we shorten it.")
            yield Finding(REFUSE, _where(text, "body"), sentence % {"host": host})
        elif "." not in host or len(url) > 2_000:
            yield Finding(REFUSE, _where(text, "body"), _("“%(url)s” is no address.") % {"url": url[:60]})
    if len(urls) > MOST_LINKS:
        yield Finding(WARN, _where(text, "body"), _("%(n)d links look like spam.") % {"n": len(urls)})


def _short(message: Message, text: MessageText, day: date) -> Iterator[Finding]:
    if message.channel == MessageChannel.SMS:
        parts, alphabet = sms_segments(text.body)
        if parts > MOST_SEGMENTS:
            said = _("%(n)d parts (%(alphabet)s) cost as many messages: at most %(most)d.")
            yield Finding(
                REFUSE, _where(text, "body"), said % {"n": parts, "alphabet": alphabet, "most": MOST_SEGMENTS}
            )
    if message.channel == MessageChannel.PUSH and len(text.body) > 240:
        yield Finding(WARN, _where(text, "body"), _("longer than 240 signs: telephones cut it off."))


Check = Callable[[Message, MessageText, date], Iterator[Finding]]
CHECKS: list[Check] = [_forbidden, _disclosures, _claims, _variables, _mail, _links, _short]
