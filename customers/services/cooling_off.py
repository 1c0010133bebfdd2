"""Cooling-off periods: begun when something is taken up, ended by the clock, withdrawn from within their days."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import CoolingOff, CoolingOffState, Holding, HoldingStatus
from customers.rules.jurisdictions import GDPR
from customers.services.suitability_rules import company_day
from customers.sql import statement
from pages.formats import day as written_day
from staff.models import ChangeRequest, User
from staff.services.changes import propose

WITHDRAW = "customers.cooling_off.withdraw"


@transaction.atomic
def open_cooling_offs(*, at: datetime) -> int:
    """Begin the period of everything taken up that has one; return how many are new. Running it again adds nothing."""
    name_act("customers.cooling_off.begun")
    asked: dict[str, Any] = {"day": company_day(at), "company": settings.COMPANY_JURISDICTION, "union": sorted(GDPR)}
    with connection.cursor() as cursor:
        cursor.execute(statement("cooling_off_open"), asked)
        return len(cursor.fetchall())


@transaction.atomic
def end_cooling_offs(*, at: datetime) -> int:
    """End every period whose last day is over; return how many. Running it again ends nothing more."""
    name_act("customers.cooling_off.ended")
    return CoolingOff.objects.over(company_day(at)).update(state=CoolingOffState.ENDED)


def check_withdrawal(found: CoolingOff, *, declared_on: date, today: date) -> None:
    """Raise ValidationError where a withdrawal declared on that day does not count."""
    if found.state == CoolingOffState.WITHDRAWN:
        raise ValidationError(_("The customer has withdrawn already."))
    if declared_on > today:
        raise ValidationError({"declared_on": _("Nobody has withdrawn in the future.")})
    if not found.starts_on <= declared_on <= found.ends_on:
        raise ValidationError(
            {
                "declared_on": _("The cooling-off period was from %(first)s to %(last)s: on that day it did not run.")
                % {"first": written_day(found.starts_on), "last": written_day(found.ends_on)}
            }
        )


def seen_cooling_off(actor: User, cooling_off_id: int) -> CoolingOff:
    found = CoolingOff.objects.visible_to(actor).for_list().filter(pk=cooling_off_id).first()
    if found is None or not actor.has_perm("customers.withdraw_coolingoff"):
        raise PermissionDenied(_("This is outside your scope."))
    return found


@transaction.atomic
def withdraw(
    *, actor: User, cooling_off_id: int, declared_on: date, amount: Decimal | None, reason: str, at: datetime
) -> CoolingOff | ChangeRequest:
    """Record that a customer withdrew on a day within the period. Where money is paid back, somebody else approves it
    first; what is returned says which."""
    found = seen_cooling_off(actor, cooling_off_id)
    check_withdrawal(found, declared_on=declared_on, today=company_day(at))
    if amount is not None and amount < 0:
        raise ValidationError({"amount": _("What is paid back is not negative.")})
    if not amount:
        return carry_out(
            actor=actor, cooling_off_id=cooling_off_id, declared_on=declared_on, amount=None, reason=reason, at=at
        )
    arguments = {"cooling_off_id": cooling_off_id, "declared_on": declared_on.isoformat(), "amount": str(amount)}
    return propose(actor=actor, command=WITHDRAW, arguments=arguments, reason=reason, at=at)


@transaction.atomic
def carry_out(
    *, actor: User, cooling_off_id: int, declared_on: date, amount: Decimal | None, reason: str, at: datetime
) -> CoolingOff:
    """Close what was taken up. A period that has ended since counts if the customer withdrew within it."""
    found = CoolingOff.objects.select_for_update(of=["self"]).get(pk=cooling_off_id)
    check_withdrawal(found, declared_on=declared_on, today=company_day(at))
    name_act("customers.cooling_off.withdrawn", reason=reason)
    found.state, found.declared_on, found.withdrawn_at = CoolingOffState.WITHDRAWN, declared_on, at
    found.withdrawn_by, found.reason = actor, reason.strip()[:200]
    fields = ["state", "declared_on", "withdrawn_at", "withdrawn_by", "reason"]
    if amount:
        found.amount = amount
        fields.append("amount")
    found.save(update_fields=fields)
    if found.holding_id:
        Holding.objects.filter(pk=found.holding_id).update(status=HoldingStatus.CLOSED, closed_on=declared_on)
    return found
