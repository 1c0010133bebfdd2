"""The loss ledger: entries that are never changed, taken back by their opposite, explained by transactions."""

from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import Customer, Transaction
from incidents.models import Incident, LossEntry, LossEvent, LossKind, LossMatch
from risk.models import BaselType, Risk
from risk.services.reassessments import force_reassessment
from staff.models import User


@transaction.atomic
def record_loss(
    *,
    actor: User,
    title: str,
    currency: str,
    amount: Decimal,
    occurred_on: date,
    discovered_on: date,
    at: datetime,
    accounted_on: date | None = None,
    text: str = "",
    risk: Risk | None = None,
    incident: Incident | None = None,
    line_id: str | None = None,
    basel_type: BaselType | None = None,
) -> LossEvent:
    """Record a loss with its gross amount; recoveries and insurance follow as entries. Nothing lies in the future.

    Its Basel event type is that of the sub-class of its risk where none is named. A risk that cost money is assessed
    anew."""
    _not_ahead(at, occurred_on=occurred_on, discovered_on=discovered_on, accounted_on=accounted_on)
    of = risk or incident
    loss = LossEvent(
        title=title.strip(), text=text.strip(), currency=currency, occurred_on=occurred_on,
        discovered_on=discovered_on, accounted_on=accounted_on, risk=risk, incident=incident,
        line_id=of.line_id if of else line_id, recorded_by=actor, recorded_at=at,
        basel_type=basel_type or _type_of(risk),
    )  # fmt: skip
    loss.full_clean(exclude=["reference"])
    name_act("incidents.loss.recorded", reason=text)
    loss.save()
    loss.refresh_from_db(fields=["reference"])
    booked_on = accounted_on or timezone.localdate(at)
    _add(loss, actor, LossKind.GROSS, amount, booked_on, loss.title[:200], at)
    if risk:
        url = reverse("incidents:loss_detail", args=[loss.reference])
        force_reassessment(actor=actor, risk=risk, cause_key=f"loss:{loss.pk}", cause=str(loss), url=url, at=at)
    return loss


@transaction.atomic
def add_entry(
    *, actor: User, loss_id: int, kind: str, amount: Decimal, booked_on: date, note: str, at: datetime
) -> LossEntry:
    """Add an amount above zero to a loss. What came back is never more than what was lost."""
    loss = LossEvent.objects.select_for_update().get(pk=loss_id)
    _not_ahead(at, booked_on=booked_on)
    if kind != LossKind.GROSS and amount > 0:
        _check_net(loss, amount)
    name_act("incidents.loss.entered", reason=note)
    return _add(loss, actor, kind, amount, booked_on, note, at)


@transaction.atomic
def reverse_entry(*, actor: User, entry_id: int, reason: str, at: datetime) -> LossEntry:
    """Take an entry back by its opposite, once; the transactions that explained it are free for another."""
    loss_id = LossEntry.objects.values_list("loss_id", flat=True).get(pk=entry_id)
    loss = LossEvent.objects.select_for_update().get(pk=loss_id)
    entry = LossEntry.objects.get(pk=entry_id)
    if entry.reverses_id or LossEntry.objects.filter(reverses=entry).exists():
        raise ValidationError(_("This entry was taken back already, or takes another one back."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is taken back.")})
    if entry.kind == LossKind.GROSS:
        _check_net(loss, entry.amount)
    name_act("incidents.loss.reversed", reason=reason)
    entry.matches.all().delete()
    return LossEntry.objects.create(
        loss=loss, kind=entry.kind, amount=-entry.amount, booked_on=timezone.localdate(at), note=reason.strip()[:200],
        reverses=entry, by=actor, at=at,
    )  # fmt: skip


@transaction.atomic
def account_loss(*, actor: User, loss_id: int, accounted_on: date, at: datetime) -> LossEvent:
    """Say on which day the loss came into the accounts, once."""
    loss = LossEvent.objects.select_for_update().get(pk=loss_id)
    if loss.accounted_on:
        raise ValidationError(_("The day of accounting is recorded already."))
    _not_ahead(at, accounted_on=accounted_on)
    loss.accounted_on = accounted_on
    loss.full_clean(exclude=["reference"])
    name_act("incidents.loss.accounted")
    loss.save(update_fields=["accounted_on"])
    return loss


@transaction.atomic
def classify_loss(*, actor: User, loss_id: int, basel_type: BaselType | None, reason: str) -> LossEvent:
    """Say of which Basel event type a loss is, or that it is of none."""
    loss = LossEvent.objects.select_for_update().get(pk=loss_id)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is of this type.")})
    name_act("incidents.loss.classified", reason=reason)
    loss.basel_type = basel_type
    loss.save(update_fields=["basel_type"])
    return loss


def _type_of(risk: Risk | None) -> BaselType | None:
    return risk.subclass.basel_type if risk and risk.subclass else None


@transaction.atomic
def match_transaction(
    *, actor: User, entry_id: int, customer: str, booked_on: date, amount: Decimal, at: datetime
) -> LossMatch:
    """Explain an entry by a transaction that the actor may see: of this customer, day and amount, in the loss's currency.

    A transaction explains one entry at most, and no entry is explained by more than its amount."""
    loss_id = LossEntry.objects.values_list("loss_id", flat=True).get(pk=entry_id)
    loss = LossEvent.objects.select_for_update().get(pk=loss_id)
    entry = LossEntry.objects.prefetch_related("matches").get(pk=entry_id)
    found = _find(actor, loss, customer, booked_on, amount)
    if abs(found.amount) > entry.gap:
        raise ValidationError(
            _("The entry has %(gap)s %(currency)s that nothing explains yet: this transaction is larger.")
            % {"gap": entry.gap, "currency": loss.currency}
        )
    name_act("incidents.loss.matched")
    try:
        with transaction.atomic():
            return LossMatch.objects.create(
                entry=entry, transaction=found, booked_on=found.booked_on, amount=found.amount, by=actor, at=at
            )
    except IntegrityError as error:  # somebody else has just matched it
        raise ValidationError(_("This transaction explains another entry already.")) from error


@transaction.atomic
def unmatch_transaction(*, actor: User, match_id: int) -> LossEvent:
    """Take a transaction off its entry again; the log keeps that it was there."""
    match = LossMatch.objects.select_related("entry__loss").get(pk=match_id)
    loss = LossEvent.objects.select_for_update().get(pk=match.entry.loss_id)
    name_act("incidents.loss.unmatched")
    match.delete()
    return loss


def _find(actor: User, loss: LossEvent, customer: str, booked_on: date, amount: Decimal) -> Transaction:
    """Either sign is meant: money that left the customer, or that came to them."""
    seen = Customer.objects.visible_to(actor).filter(reference=customer.strip().upper())
    found = Transaction.objects.filter(
        customer__in=seen, booked_on=booked_on, currency=loss.currency, amount__in=[amount, -amount]
    )
    free = found.exclude(pk__in=LossMatch.objects.values("transaction_id")).order_by("id").first()
    if free is not None:
        return free
    if found.exists():
        raise ValidationError(_("This transaction explains another entry already."))
    raise ValidationError(
        _("No transaction of this customer on this day has this amount in %(currency)s.") % {"currency": loss.currency}
    )


def _add(
    loss: LossEvent, actor: User, kind: str, amount: Decimal, booked_on: date, note: str, at: datetime
) -> LossEntry:
    entry = LossEntry(loss=loss, kind=kind, amount=amount, booked_on=booked_on, note=note.strip(), by=actor, at=at)
    entry.full_clean()
    entry.save()
    return entry


def _check_net(loss: LossEvent, less: Decimal) -> None:
    """The loss is locked: nobody else can take from it meanwhile."""
    net = LossEvent.objects.with_sums().values_list("net", flat=True).get(pk=loss.pk)
    if less > net:
        raise ValidationError({"amount": _("More would have come back than was lost: %(net)s is left.") % {"net": net}})


def _not_ahead(at: datetime, **days: date | None) -> None:
    today = timezone.localdate(at)
    if ahead := [name for name, day in days.items() if day is not None and day > today]:
        raise ValidationError({name: _("This day lies ahead.") for name in ahead})
