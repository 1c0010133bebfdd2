"""What is said of customers: by people, by rules each night, by other programs; each with grounds and confidence."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import Customer, CustomerTag, Tag, TagBound, TagFigure, TagSource
from customers.querysets.tags import SAYS
from customers.sql import make_table, statement
from staff.models import User

FIGURES = {
    TagFigure.WEALTH: "(p.balance + p.holdings_value)",
    TagFigure.LOANS: "p.loans_outstanding",
    TagFigure.OVERDUE: "p.overdue_days",
    TagFigure.MOVEMENTS: "p.n_30",
    TagFigure.INFLOW: "p.inflow_30",
    TagFigure.QUIET: "(%(day)s::date - p.last_on)",
    TagFigure.TENURE: "(%(day)s::date - c.joined_on)",
    TagFigure.AGE: "date_part('year', age(%(day)s::date, c.birth_date))",
}
NO_RULE = "(NULL::bigint, NULL::text, false)"
OPERATORS = {TagBound.AT_LEAST: ">=", TagBound.AT_MOST: "<="}


@transaction.atomic
def save_tag(*, actor: User, tag: Tag) -> Tag:
    """Make a tag, or change what it is called, who may know of it and by which rule it is said."""
    if not actor.has_perm("customers.change_tag"):
        raise PermissionDenied(_("Compliance keeps the tags."))
    tag.full_clean()
    name_act("customers.tag.changed" if tag.pk else "customers.tag.made")
    tag.save()
    return tag


@transaction.atomic
def tag_customer(
    *,
    actor: User,
    customer_id: int,
    tag: Tag,
    grounds: str,
    confidence: Decimal = Decimal(1),
    expires_on: date | None = None,
    at: datetime,
    source: str = TagSource.PERSON,
) -> CustomerTag:
    """Say something of a customer, with the grounds. A tag that stands already is refused: end it first."""
    if not actor.has_perm(SAYS[tag.audience]):
        raise PermissionDenied(_("Your role does not put this tag on customers."))
    customer = Customer.objects.select_for_update(of=("self",)).visible_to(actor).get(pk=customer_id)
    _check(customer, tag, grounds, expires_on, timezone.localdate(at))
    name_act("customers.tag.said")
    return CustomerTag.objects.create(
        customer=customer,
        tag=tag,
        source=source,
        by=actor,
        confidence=confidence,
        grounds=grounds.strip()[:300],
        at=at,
        expires_on=expires_on or (timezone.localdate(at) + timedelta(days=tag.days) if tag.days else None),
    )


def _check(customer: Customer, tag: Tag, grounds: str, expires_on: date | None, today: date) -> None:
    if customer.erased_at or customer.restricted_at:
        raise ValidationError(_("This customer's data is restricted: nothing new is said of them."))
    if not tag.is_active:
        raise ValidationError({"tag": _("This tag is not in use any more.")})
    if not grounds.strip():
        raise ValidationError({"grounds": _("Say on what grounds.")})
    if expires_on and expires_on < today:
        raise ValidationError({"expires_on": _("This day has passed already.")})
    if CustomerTag.objects.standing().filter(customer=customer, tag=tag).exists():
        raise ValidationError({"tag": _("The customer bears this tag already.")})


@transaction.atomic
def end_tag(*, actor: User, customer_id: int, pk: int, at: datetime) -> CustomerTag:
    """End a tag: it stays in the history. One that a rule said comes back the next night while the rule holds."""
    customer = Customer.objects.visible_to(actor).get(pk=customer_id)
    seen = CustomerTag.objects.visible_to(actor).select_related("tag").select_for_update(of=("self",))
    said = seen.get(customer=customer, pk=pk)
    if not actor.has_perm(SAYS[said.tag.audience]):
        raise PermissionDenied(_("Your role does not put this tag on customers."))
    if said.ended_at is None:
        name_act("customers.tag.ended")
        said.ended_at, said.ended_by = at, actor
        said.save(update_fields=["ended_at", "ended_by"])
    return said


@transaction.atomic
def derive_tags(*, business_date: date, at: datetime) -> int:
    """Say of customers what the rules find on `business_date`, and end what no longer holds or has expired.

    Returns how many tags began or ended; a second run for the same date changes nothing."""
    name_act("customers.tag.derived")
    moved = CustomerTag.objects.standing().filter(expires_on__lt=business_date).update(ended_at=at)
    moment = {"day": business_date, "at": at}
    with connection.cursor() as cursor:
        _find(cursor, list(Tag.objects.derived()), business_date)
        # Nobody knows yet how many were found: a nested loop over them would take hours of a million.
        cursor.execute("ANALYZE pg_temp.tags_found; SET LOCAL enable_nestloop = off")
        for name in ("tags_ended", "tags_begun"):
            cursor.execute(statement(name), moment)
            moved += cursor.rowcount
        cursor.execute("SET LOCAL enable_nestloop = on")
    return moved


def _find(cursor: Any, tags: list[Tag], day: date) -> None:
    """Make the temporary table of who bears which of these tags; without a tag it is empty."""
    rules = [NO_RULE]
    parameters: dict[str, Any] = {"day": day}
    for number, tag in enumerate(tags):
        figure = FIGURES[TagFigure(tag.figure)]
        holds = f"{figure} {OPERATORS[TagBound(tag.bound)]} %(value{number})s"
        if tag.currency:
            holds += f" AND c.currency = %(currency{number})s"
        rules.append(f"(%(tag{number})s, {figure}::text, {holds})")
        parameters |= {f"tag{number}": tag.pk, f"value{number}": tag.value, f"currency{number}": tag.currency}
    make_table(cursor, "tags_found", parameters, rules=", ".join(rules))
