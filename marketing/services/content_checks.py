"""What is wrong with a message, or may be: each finding says what, where and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from customers.rules.jurisdictions import looked_up
from customers.services.suitability_rules import company_day
from marketing.models import Claim, Disclosure, ForbiddenWord, Language, Message, MessageText
from marketing.rules import mjml_source
from marketing.rules.claims import statements
from marketing.rules.findings import REFUSE, WARN, Finding
from marketing.rules.templates import stray_braces, template_of
from marketing.rules.wording import Folded, finds, folded, folded_with_places, is_denied
from marketing.services.layout_checks import layout_findings
from marketing.services.variables import VARIABLES

__all__ = ["REFUSE", "WARN", "Finding", "findings_of", "parts_of", "required_disclosures"]


@dataclass(frozen=True)
class Part:
    """What people read in one field of a text. `lines` says where pieces of a body begin: (sign, line)."""

    language: str
    field: str
    words: str
    compared: Folded
    lines: tuple[tuple[int, int], ...] = ()

    def line_of(self, place: int) -> int:
        return next((line for first, line in reversed(self.lines) if first <= place), 1)

    def finding(self, severity: str, kind: str, text: str, place: int) -> Finding:
        line = self.line_of(place)
        return Finding(severity, where_in(self.language, self.field, line), text, kind, self.language, self.field, line)


def where_in(language: str, field: str = "", line: int = 0) -> str:
    """Say in words where something stands."""
    label = Language(language).label
    if not field:
        return str(label)
    name = str(getattr(MessageText, field).field.verbose_name)
    if field != "body" or not line:
        return f"{label}, {name}"
    return _("%(language)s, %(field)s, line %(line)d") % {"language": label, "field": name, "line": line}


def findings_of(message: Message, *, at: datetime) -> list[Finding]:
    """Return everything that the checks say of a message as the registers stand at `at`, the gravest first."""
    texts, day = list(message.texts.all()), company_day(at)
    if not texts:
        return [Finding(REFUSE, message.name, _("it says nothing yet: write it in a language."), "language")]
    return findings_in(message, texts, day)


def findings_in(message: Message, texts: list[MessageText], day: date) -> list[Finding]:
    """The same for texts that need not be saved."""
    parts = [part for text in texts for part in parts_of(text)]
    required = required_disclosures(message, day)
    found = [
        *_unwritten(message, texts),
        *_forbidden(parts, list(ForbiddenWord.objects.in_force(day))),
        *_undisclosed(parts, required),
        *_unproven(parts, list(Claim.objects.holding(day)), required),
        *(one for text in texts for one in _variables(text)),
        *(one for text in texts for one in layout_findings(message, text)),
    ]
    return sorted(found, key=lambda one: (one.severity != REFUSE, one.language, one.field, one.line))


def parts_of(text: MessageText) -> Iterator[Part]:
    """Yield what people read of a text, field by field; of MJML the words, not what stands in its tags."""
    for name in ("subject", "preheader"):
        if words := getattr(text, name):
            yield Part(text.language, name, words, folded_with_places(words))
    if mjml_source.is_mjml(text.body):
        pieces = mjml_source.read(text.body).words
    else:
        pieces = [(line, number) for number, line in enumerate(text.body.splitlines(keepends=True), 1)]
    lines, place = [], 0
    for words, line in pieces:
        lines.append((place, line))
        place += len(words)
    whole = "".join(words for words, _line in pieces)
    yield Part(text.language, "body", whole, folded_with_places(whole), tuple(lines))


def _unwritten(message: Message, texts: list[MessageText]) -> Iterator[Finding]:
    written = {text.language for text in texts}
    missing = [str(label) for code, label in Language.choices if code not in written]
    if missing:
        said = _("there is no text in %(languages)s: who speaks it gets another.") % {"languages": ", ".join(missing)}
        yield Finding(WARN, message.name, said, "language")


def _forbidden(parts: list[Part], words: list[ForbiddenWord]) -> Iterator[Finding]:
    """Words of every language are looked for in every text: English stands in Chinese mails too. Where they are denied
    (不保本, "not risk-free") somebody looks at it."""
    for word in words:
        wanted = folded(word.words)
        for part in parts:
            for first, last in finds(part.words, part.compared, wanted):
                written = " ".join(part.words[first : last + 1].split())
                said = {"words": written, "source": word.source or "–"}
                if is_denied(part.words, first):
                    sentence = _("“%(words)s” is forbidden (%(source)s), and seems to be denied here: look at it.")
                    yield part.finding(WARN, "forbidden", sentence % said, first)
                else:
                    sentence = _("“%(words)s” is forbidden (%(source)s): say it otherwise.")
                    yield part.finding(REFUSE, "forbidden", sentence % said, first)


def required_disclosures(message: Message, day: date) -> list[Disclosure]:
    """Return the disclosures that a message must hold, in every language. Of several of one code the nearest counts: of its
    place before its union's before everybody's, there its line's and its channel's own before that of all."""
    line = message.product.line_id if message.product else message.line_id or ""
    places = looked_up(message.product.jurisdiction if message.product else settings.COMPANY_JURISDICTION)
    rules = Disclosure.objects.in_force(day).filter(
        line__in=["", line], jurisdiction__in=places, channel__in=["", message.channel]
    )
    farthest_first = sorted(
        rules, key=lambda one: (-places.index(one.jurisdiction), one.line, one.channel, one.valid_from)
    )
    nearest = {(rule.code, rule.language): rule for rule in farthest_first}
    return [nearest[key] for key in sorted(nearest)]


def _undisclosed(parts: list[Part], required: list[Disclosure]) -> Iterator[Finding]:
    bodies = {part.language: part.compared.text for part in parts if part.field == "body"}
    for rule in required:
        if rule.language in bodies and folded(rule.text) not in bodies[rule.language]:
            said = _("the disclosure “%(text)s” is missing (%(source)s): add it.")
            yield Finding(
                REFUSE, where_in(rule.language, "body"), said % {"text": rule.text, "source": rule.source or "–"},
                "disclosure", rule.language, "body", disclosure=rule.pk,
            )  # fmt: skip


def _unproven(parts: list[Part], claims: list[Claim], required: list[Disclosure]) -> Iterator[Finding]:
    """Superlatives and percentages are refused but within the words of an approved claim of their language, or of a
    disclosure that must be made."""
    for part in parts:
        proved = [folded(one.words) for one in claims if one.language == part.language]
        proved += [folded(one.text) for one in required if one.language == part.language]
        covered = [span for words in proved for span in finds(part.words, part.compared, words)]
        for one in statements(part.words):
            if not any(first <= one.first <= last for first, last in covered):
                said = _("“%(words)s” calls for a proof: enter it as a claim and have it approved, or leave it out.")
                yield part.finding(REFUSE, one.kind, said % {"words": one.words}, one.first)


def _variables(text: MessageText) -> Iterator[Finding]:
    for part in ("subject", "preheader", "body"):
        said = getattr(text, part)
        for name in sorted(template_of(said).names - set(VARIABLES)):
            line = said[: said.find(name)].count("\n") + 1
            yield Finding(
                REFUSE, where_in(text.language, part, line), _("there is no variable “%(name)s”.") % {"name": name},
                "variable", text.language, part, line,
            )  # fmt: skip
        for place in stray_braces(said):
            line = said[:place].count("\n") + 1
            sentence = _("braces that are no variable at sign %(place)d: write {{name}}.") % {"place": place + 1}
            yield Finding(
                REFUSE, where_in(text.language, part, line), sentence, "variable", text.language, part, line
            )  # fmt: skip
