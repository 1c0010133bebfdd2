"""Consent: recorded with what was shown, taken back as easily, asked before anybody is contacted."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import Consent, ConsentChannel, ConsentSource, Customer, Notice, Purpose, Source
from customers.rules.consents import Word, is_agreed, stricter
from staff.models import User


def words_of(customer: Customer, at: datetime) -> dict[tuple[str, str], Word]:
    """Return what the customer said last by `at`, by purpose and channel; of numbers that were merged, the stricter
    word."""
    said: dict[int, dict[tuple[str, str], Word]] = {}
    for one in Consent.objects.filter(customer__in=customer.numbers).standing(at):
        said.setdefault(one.customer_id, {})[one.purpose, one.channel] = Word(one.given, one.at)
    return dict(stricter(list(said.values())))


def may_contact(*, customer: Customer, purpose: str, channel: str, at: datetime) -> bool:
    """Return whether `customer` may be contacted for `purpose` by `channel` at `at`: they agreed, and their data is
    neither restricted nor erased. Ask right before sending, and again for each message.
    """
    if customer.restricted_at or customer.erased_at:
        return False
    return is_agreed(words_of(customer, at), purpose, channel)


@transaction.atomic
def record_consent(
    *,
    actor: User | None,
    customer_id: int,
    purpose: str,
    channel: str,
    given: bool,
    notice: Notice | None = None,
    origin: str,
    evidence: str = "",
    at: datetime,
    now: datetime,
    source: Source | None = None,
    external_id: str = "",
) -> Consent:
    """Record that a customer agreed at `at`, or took it back; a yes names the text that was shown.

    The same (source, external id) again returns what stands; with another content it raises ValidationError.
    """
    _check(purpose, channel, given, notice, origin, at, now)
    known = Consent.objects.filter(source=source, external_id=external_id).first() if source and external_id else None
    fields: dict[str, Any] = {
        "customer_id": customer_id, "purpose": purpose, "channel": channel, "given": given, "notice": notice,
        "origin": origin, "at": at,
    }  # fmt: skip
    if known:
        return _same(known, fields)
    name_act("customers.consent.given" if given else "customers.consent.withdrawn")
    return Consent.objects.create(
        **fields,
        evidence=evidence.strip()[:200],
        source=source,
        external_id=external_id,
        recorded_at=now,
        recorded_by=actor,
    )


def _check(purpose: str, channel: str, given: bool, notice: Notice | None, origin: str, at: datetime, now: datetime):
    if purpose not in Purpose or channel not in ConsentChannel or origin not in ConsentSource:
        raise ValidationError(_("Choose the purpose, the channel and where it was said from the lists."))
    if at > now:
        raise ValidationError({"at": _("Nobody has agreed in the future: give the time that it was said.")})
    if given and notice is None:
        raise ValidationError({"notice": _("Name the text that the customer was shown.")})
    if notice and notice.purpose != purpose:
        raise ValidationError({"notice": _("This text was written for another purpose.")})


def _same(known: Consent, fields: dict[str, Any]) -> Consent:
    if any(getattr(known, name) != value for name, value in fields.items()):
        raise ValidationError(
            _("Number %(number)s of this source is another consent already.") % {"number": known.external_id}
        )
    return known


@transaction.atomic
def take_consents(*, actor: User, source_code: str, rows: Sequence[dict[str, Any]], now: datetime) -> list[dict]:
    """Take consents that a program sends, each with the customer's own number at that source. One answer a row: `new`,
    `known`, or what is wrong; a wrong row does not hold up the others.
    """
    source = Source.objects.filter(code=source_code).first()
    if source is None:
        raise ValidationError(_("There is no source “%(code)s”.") % {"code": source_code[:40]})
    return [_take(actor, source, row, now) for row in rows]


def _take(actor: User, source: Source, row: dict[str, Any], now: datetime) -> dict[str, str]:
    answer = {"external_id": row["external_id"]}
    before = Consent.objects.filter(source=source, external_id=row["external_id"]).exists()
    try:
        with transaction.atomic():
            customer = Customer.objects.filter(source=source, external_id=row["customer"]).first()
            customer = customer and (customer.merged_into or customer)
            if customer is None or customer.erased_at:
                raise ValidationError(_("This source has no customer of that number."))
            record_consent(
                actor=actor,
                customer_id=customer.pk,
                notice=notice_of(row.get("notice_sha256", "")),
                source=source,
                now=now,
                **{name: row[name] for name in ("purpose", "channel", "given", "origin", "at", "external_id")},
                evidence=row.get("evidence", ""),
            )
    except (ValidationError, IntegrityError) as error:
        return {**answer, "outcome": "rejected", "reason": " ".join(getattr(error, "messages", [_("Sent twice.")]))}
    return {**answer, "outcome": "known" if before else "new", "reason": ""}


def notice_of(sha256: str) -> Notice | None:
    """Return the notice whose text has this hash, None for an empty one; ValidationError for a text never published
    here."""
    if not sha256:
        return None
    notice = Notice.objects.filter(sha256=sha256).order_by("-version").first()
    if notice is None:
        raise ValidationError(_("No notice with this hash was published: publish its text first."))
    return notice


@transaction.atomic
def publish_notice(*, actor: User, purpose: str, language: str, text: str, at: datetime) -> Notice:
    """Publish the next version of a text. Earlier ones stay as they were, with the consents given to them."""
    worded = text.strip().replace("\r\n", "\n")
    if not worded:
        raise ValidationError({"text": _("Write the text that people will be shown.")})
    name_act("customers.notice.published")
    versions = Notice.objects.filter(purpose=purpose, language=language)
    latest = versions.order_by("-version").first()
    if latest and latest.text == worded:
        raise ValidationError({"text": _("This is the text of version %(n)d.") % {"n": latest.version}})
    return Notice.objects.create(
        purpose=purpose,
        language=language,
        version=(versions.aggregate(last=Max("version"))["last"] or 0) + 1,
        text=worded,
        sha256=hashlib.sha256(worded.encode()).hexdigest(),
        published_at=at,
        published_by=actor,
    )
