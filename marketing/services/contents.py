"""Messages: written in languages, their links made ours, put away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.services.suitability_rules import company_day
from marketing.models import Campaign, Claim, Language, Link, Message, MessageText
from marketing.rules.mjml_source import is_mjml
from marketing.rules.wording import folded
from marketing.services.content_checks import parts_of, required_disclosures
from marketing.services.rendering import urls_in
from staff.models import User
from staff.permits import require

FIELDS = ("name", "channel", "purpose", "line", "product", "owner", "planned_on")
SAYS = ("subject", "preheader", "body")


@transaction.atomic
def record_message(*, actor: User, code: str, at: datetime, **fields: Any) -> Message:
    """Begin a message; what it says is written afterwards, a language at a time."""
    require(actor, "marketing.add_message")
    message = Message(code=code, created_at=at, **fields)
    message.full_clean()
    name_act("marketing.message.added")
    message.save()
    return message


@transaction.atomic
def change_message(*, actor: User, message_id: int, at: datetime, **fields: Any) -> Message:
    """Change what a message is about. What was signed off with it is void, if it touches that."""
    message = _locked(actor, message_id)
    if message.variants.exists() and fields.get("channel", message.channel) != message.channel:
        raise ValidationError({"channel": _("A campaign uses this message: its channel stays.")})
    for name in FIELDS:
        if name in fields:
            setattr(message, name, fields[name])
    message.full_clean()
    name_act("marketing.message.changed")
    message.save()
    _void(message, at)
    return message


@transaction.atomic
def write_text(
    *, actor: User, message_id: int, language: str, body: str, subject: str = "", preheader: str = "", at: datetime
) -> MessageText:
    """Write what a message says in a language; its links become ours. What was signed off with other words is void."""
    message = _locked(actor, message_id)
    if language not in Language:
        raise ValidationError({"language": _("Choose one of the languages.")})
    text = message.texts.filter(language=language).first() or MessageText(message=message, language=language)
    text.subject, text.preheader, text.body = subject.strip(), preheader.strip(), body.replace("\r\n", "\n").strip()
    text.full_clean(exclude=["message"])
    name_act("marketing.message.written")
    text.save()
    _keep_links(message, text, at)
    _void(message, at)
    return text


@transaction.atomic
def remove_text(*, actor: User, message_id: int, language: str, at: datetime) -> None:
    """Take a language out of a message. Who speaks it gets another; what was signed off with it is void."""
    message = _locked(actor, message_id)
    if not message.texts.filter(language=language).exists():
        raise ValidationError(_("Nothing is written in this language."))
    name_act("marketing.message.language_removed")
    message.texts.filter(language=language).delete()
    _void(message, at)


@transaction.atomic
def archive_message(*, actor: User, message_id: int, at: datetime) -> Message:
    """Put a message away that no campaign under way uses."""
    message = _locked(actor, message_id)
    if used := Campaign.objects.filter(variants__message=message, pk__in=Campaign.objects.under_way()).first():
        raise ValidationError(_("The campaign %(campaign)s uses it.") % {"campaign": used})
    name_act("marketing.message.archived")
    message.archived_at = at
    message.save(update_fields=["archived_at"])
    return message


def _keep_links(message: Message, text: MessageText, at: datetime) -> None:
    """One short address for each place that a message leads to, the same however often it is written."""
    known = set(message.links.values_list("url", flat=True))
    for url in urls_in(message, text):
        if url not in known and len(url) <= 2_000:
            code = hashlib.sha256(f"{message.pk}\x00{url}".encode()).hexdigest()[:12]
            Link.objects.get_or_create(message=message, url=url, defaults={"code": code, "created_at": at})


def signed_content(message: Message) -> dict[str, Any]:
    """Return everything that a sign-off binds of a message: its words in every language, where its links lead, the
    disclosures and the proved claims that stand in it."""
    texts, day = list(message.texts.all()), company_day(timezone.now())
    read = {one.language: folded("".join(part.words for part in parts_of(one))) for one in texts}
    required = [(one.language, one.text, one.code) for one in required_disclosures(message, day)]
    proved = [(one.language, one.words, one.words) for one in Claim.objects.holding(day)]
    return {
        "message": message.code,
        "channel": message.channel,
        "purpose": message.purpose,
        "line": message.line_id or "",
        "product": message.product.code if message.product else "",
        "texts": {one.language: {name: getattr(one, name) for name in SAYS} for one in texts},
        "links": {one.language: sorted(urls_in(message, one)) for one in texts},
        "disclosures": _said_in(read, required),
        "claims": _said_in(read, proved),
    }


def _said_in(read: Mapping[str, str], wanted: Iterable[tuple[str, str, str]]) -> dict[str, list[str]]:
    """Which of `wanted` (language, words, name) stand in what is read in each language, by their names."""
    found: dict[str, set[str]] = {language: set() for language in read}
    for language, words, name in wanted:
        if language in read and folded(words) in read[language]:
            found[language].add(name)
    return {language: sorted(names) for language, names in found.items()}


def _void(message: Message, at: datetime) -> None:
    """Look at once at what stands on this message; what is overlooked here, the next batch and the next minute see."""
    from marketing.services.signoffs import void_if_changed

    used = Campaign.objects.filter(variants__message=message, sign_off__isnull=False).order_by("pk")
    for pk in used.values_list("pk", flat=True).distinct():
        void_if_changed(campaign_id=pk, at=at)


def _locked(actor: User, message_id: int) -> Message:
    require(actor, "marketing.change_message")
    message = Message.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=message_id)
    if message.archived_at is not None:
        raise ValidationError(_("This message is archived."))
    return message


def message_url(message: Message) -> str:
    return reverse("marketing:message_detail", args=[message.code])


@transaction.atomic
def insert_disclosure(*, actor: User, message_id: int, disclosure_id: int, at: datetime) -> MessageText:
    """Put a disclosure that a text must hold at its end, in the way of its channel; where it stands already, nothing
    changes."""
    message = _locked(actor, message_id)
    rule = next((one for one in required_disclosures(message, company_day(at)) if one.pk == disclosure_id), None)
    text = message.texts.filter(language=rule.language).first() if rule else None
    if rule is None or text is None:
        raise ValidationError(_("This disclosure is not asked for here."))
    if folded(rule.text) in folded("".join(part.words for part in parts_of(text))):
        return text
    return write_text(
        actor=actor, message_id=message.pk, language=text.language, subject=text.subject, preheader=text.preheader,
        body=_with_words(text.body, rule.text), at=at,
    )  # fmt: skip


def _with_words(body: str, words: str) -> str:
    """The body with a sentence more: a section of its own in MJML, a paragraph otherwise."""
    if not is_mjml(body):
        return f"{body}\n\n{words}"
    block = f'<mj-section><mj-column><mj-text color="#4a4a4a">{escape(words, quote=False)}</mj-text></mj-column></mj-section>'
    before, end, after = body.rpartition("</mj-body>")
    return f"{before}{block}\n{end}{after}" if end else f"{body}\n{block}"
