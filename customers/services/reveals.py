"""Showing one masked value to one person: for a reason, for seconds, within a quota, on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import emit, name_act
from customers.masking import personal
from customers.models import Customer, Holding, Reveal, RevealField, RevealReason, RuleCode
from customers.services.callers import verified
from customers.services.privacy_rules import rule_of
from staff.checkers import holders_of
from staff.models import NotificationKind, User
from staff.services.notifications import notify

PERMISSION = "customers.reveal_field"
SPANS = [(RuleCode.REVEALS_PER_HOUR, timedelta(hours=1)), (RuleCode.REVEALS_PER_DAY, timedelta(days=1))]


class OverQuota(ValidationError):
    """The person has been shown as much as the rules allow for now."""


@dataclass(frozen=True)
class Revealed:
    """A value in clear, and until when it may stand on a screen."""

    value: str
    expires_at: datetime
    seconds: int


@transaction.atomic
def reveal_field(
    *,
    actor: User,
    customer_id: int,
    field: str,
    reason_kind: str,
    reason: str = "",
    holding_id: int | None = None,
    at: datetime,
) -> Revealed:
    """Show `actor` one value of a customer whom they see. While an earlier grant for it holds, it is shown again
    without counting again; every showing is an event.

    OverQuota where the hour's or the day's quota is used up: say so to `tell_of_quota` after the transaction.
    """
    if not actor.has_perm(PERMISSION):
        raise PermissionDenied(_("Your role does not reveal personal values."))
    _check_reason(field, reason_kind, reason)
    # Two reveals at once count one after the other.
    User.objects.select_for_update().get(pk=actor.pk)
    customer = Customer.objects.visible_to(actor).get(pk=customer_id)
    _refuse_restricted(actor, customer)
    _refuse_unverified(actor, customer, at)
    subject = _subject(actor, customer, field, holding_id)
    name_act("customers.field.revealed", reason=str(reason_kind))
    card = subject.pk if subject is not customer else None
    grant = _open_grant(actor, customer, field, card, at) or _grant(
        actor, customer, field, card, reason_kind, reason, at
    )
    _log(subject, grant)
    seconds = max(1, round((grant.expires_at - at).total_seconds()))
    return Revealed(_value(subject, field), grant.expires_at, seconds)


def _check_reason(field: str, reason_kind: str, reason: str) -> None:
    if field not in RevealField:
        raise ValidationError(_("This field is not one that can be revealed."))
    if reason_kind not in RevealReason:
        raise ValidationError(_("Choose why you need to see it."))
    if reason_kind == RevealReason.OTHER and len(reason.strip()) < 5:
        raise ValidationError(_("Say in a few words why you need to see it."))


def _refuse_restricted(actor: User, customer: Customer) -> None:
    if customer.restricted_at and not actor.has_perm("customers.handle_privacyrequest"):
        raise PermissionDenied(_("This customer's data is restricted: only compliance sees it."))


def _refuse_unverified(actor: User, customer: Customer, at: datetime) -> None:
    """Whoever cannot be sure to whom they speak is shown nothing to read out."""
    if not actor.has_perm("customers.reveal_unverified") and not verified(actor=actor, customer=customer, at=at):
        raise PermissionDenied(
            _(
                "Verify the caller first: the checklist stands on the customer's page. A team lead can reveal without it."
            )
        )


def _subject(actor: User, customer: Customer, field: str, holding_id: int | None) -> Customer | Holding:
    if field != RevealField.CARD_NUMBER:
        return customer
    holding = customer.holdings.visible_to(actor).filter(pk=holding_id).first() if holding_id else None
    if holding is None:
        raise ValidationError(_("Name the product whose card number you need."))
    return holding


def _open_grant(actor: User, customer: Customer, field: str, holding_id: int | None, at: datetime) -> Reveal | None:
    mine = Reveal.objects.by_person(actor).open(at).filter(customer=customer, field=field, holding_id=holding_id)
    return mine.order_by("-expires_at").first()


def _grant(
    actor: User, customer: Customer, field: str, holding_id: int | None, reason_kind: str, reason: str, at: datetime
) -> Reveal:
    today = timezone.localdate(at)
    for code, span in SPANS:
        rule = rule_of(code, settings.COMPANY_JURISDICTION, today)
        if Reveal.objects.by_person(actor).within(span, at=at).count() >= rule.value:
            raise OverQuota(_over(code, rule.value))
    seconds = rule_of(RuleCode.REVEAL_SECONDS, settings.COMPANY_JURISDICTION, today).value
    return Reveal.objects.create(
        customer=customer,
        holding_id=holding_id,
        field=field,
        by=actor,
        reason_kind=reason_kind,
        reason=reason.strip()[:200],
        at=at,
        expires_at=at + timedelta(seconds=seconds),
    )


def _over(code: str, most: int) -> str:
    sentence = (
        _("You have revealed %(n)d values within an hour, which is all that is allowed. Compliance has been told.")
        if code == RuleCode.REVEALS_PER_HOUR
        else _("You have revealed %(n)d values within a day, which is all that is allowed. Compliance has been told.")
    )
    return sentence % {"n": most}


def _log(subject: Customer | Holding, grant: Reveal) -> None:
    emit(
        "reveal",
        table=subject._meta.db_table,
        pk=subject.pk,
        detail={"field": grant.field, "grant": grant.pk, "until": grant.expires_at},
        # What was typed may name somebody, so it stands apart and can be erased.
        personal={"why": grant.reason} if grant.reason else None,
    )


def _value(subject: Customer | Holding, field: str) -> str:
    if field == RevealField.BIRTH_DATE:
        born: date | None = getattr(subject, field)
        return born.isoformat() if born else ""
    return personal(subject, field, clear=True)


@transaction.atomic
def tell_of_quota(*, actor: User, customer: Customer, field: str, at: datetime) -> None:
    """Record that a reveal was refused for want of quota, and tell compliance: once for each person and hour."""
    name_act("customers.reveal.over_quota")
    emit("denied", table="customers_customer", pk=customer.pk, detail={"field": field, "why": "quota"})
    notify(
        users=holders_of("customers.handle_privacyrequest"),
        kind=NotificationKind.PRIVACY,
        key=f"reveal-quota:{actor.pk}:{at:%Y-%m-%dT%H}",
        title=lambda: _("%(person)s has used up the quota of reveals") % {"person": actor},
        url=f"{reverse('customers:reveal_list')}?by={actor.pk}",
        at=at,
    )
