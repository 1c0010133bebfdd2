"""Owners and representatives of business customers: recorded, ended, and counted up."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import (
    Customer,
    CustomerKind,
    HolderKind,
    KycCode,
    Power,
    Representative,
    RepresentativeRole,
    Stake,
)
from customers.rules.contacts import normalise_identity
from customers.rules.ownership import MOST_STEPS, Share, Structure, structure_of
from customers.services.kyc_rules import kyc_rule
from staff.models import User

CHANGE = "customers.change_ownership"


def structure(customer: Customer, *, day: date) -> Structure:
    """Return who owns a business on a day, by the stakes that ran on it."""
    running = Stake.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=day), customer=customer, from_on__lte=day)
    return structure_of(
        [Share(one.company, one.holder, one.holder_kind, one.share) for one in running.defer("number").order_by("id")]
    )


def threshold(customer: Customer, *, day: date) -> Decimal:
    """Return from which share somebody is a beneficial owner, in percent, by the customer's jurisdiction."""
    return Decimal(kyc_rule(KycCode.OWNER_THRESHOLD, customer.jurisdiction, day).value)


def percent(value: Decimal) -> str:
    """Return a share with at most two places and without noughts behind them.

    >>> percent(Decimal("110.000")), percent(Decimal("33.33333"))
    ('110', '33.33')
    """
    return f"{round(value, 2).normalize():f}"


def sentences(found: Structure, name: str) -> list[str]:
    """Return what is wrong or open about a structure, in words; `name` is what the company itself is called."""
    said = [
        _("A circle: %(chain)s. What goes round in it belongs to nobody.")
        % {"chain": " → ".join(one or name for one in circle)}
        for circle in found.circles
    ]
    said += [
        _("The shares in %(company)s add up to %(sum)s %%, which is more than all of it.")
        % {"company": company or name, "sum": percent(total)}
        for company, total in found.overfull
    ]
    if found.is_cut:
        sentence = _("There are too many chains to count: the shares shown are those of the first %(n)d steps.")
        said.append(sentence % {"n": MOST_STEPS})
    if found.owners and found.unknown > 0:
        said.append(_("Of %(part)s %% no person, state or listed company is named.") % {"part": percent(found.unknown)})
    return said


def _business(actor: User, customer_id: int) -> Customer:
    if not actor.has_perm(CHANGE):
        raise PermissionDenied(_("Customer service and compliance record owners and representatives."))
    return Customer.objects.visible_to(actor).get(pk=customer_id)


@transaction.atomic
def add_stake(
    *,
    actor: User,
    customer_id: int,
    holder: str,
    share: Decimal,
    from_on: date,
    company: str = "",
    holder_kind: str = HolderKind.PERSON,
    number: str = "",
    country: str = "",
    evidence: str = "",
    at: datetime,
) -> Stake:
    """Record that somebody holds a share in a business or in a company of its structure."""
    customer = _business(actor, customer_id)
    if customer.kind != CustomerKind.BUSINESS:
        raise ValidationError(_("Only a business has owners."))
    stake = Stake(
        customer=customer,
        company=" ".join(company.split()),
        holder=" ".join(holder.split()),
        holder_kind=holder_kind,
        number=normalise_identity(number) or None,
        country=country.upper(),
        share=share,
        from_on=from_on,
        evidence=evidence.strip(),
        added_by=actor,
    )
    if stake.company and not _is_held(customer, stake.company):
        raise ValidationError(
            {"company": _("Nobody in this structure is called so: record that company's own share first.")}
        )
    stake.clean_fields(exclude=["number"])
    stake.validate_constraints()
    name_act("customers.stake.added")
    stake.save()
    return stake


def _is_held(customer: Customer, company: str) -> bool:
    return Stake.objects.filter(customer=customer, holder=company, holder_kind=HolderKind.COMPANY).exists()


@transaction.atomic
def add_representative(
    *,
    actor: User,
    customer_id: int,
    name: str,
    role: str,
    powers: list[str],
    from_on: date,
    to_on: date | None = None,
    number: str = "",
    evidence: str = "",
    at: datetime,
) -> Representative:
    """Record who acts for a customer or controls it, with what powers, from when to when."""
    customer = _business(actor, customer_id)
    if role not in RepresentativeRole or not set(powers) <= set(Power.values):
        raise ValidationError(_("Choose a role and powers from the list."))
    if not name.strip():
        raise ValidationError({"name": _("Write a name.")})
    if to_on and to_on < from_on:
        raise ValidationError({"to_on": _("The last day is before the first.")})
    name_act("customers.representative.added")
    return Representative.objects.create(
        customer=customer,
        name=" ".join(name.split()),
        role=role,
        powers=sorted(powers),
        number=normalise_identity(number) or None,
        from_on=from_on,
        to_on=to_on,
        evidence=evidence.strip(),
        added_by=actor,
    )


@transaction.atomic
def end_stake(*, actor: User, stake_id: int, to_on: date) -> Stake:
    """Say on which day a share ended."""
    ended: Stake = _ended(actor, Stake, stake_id, to_on, "customers.stake.ended")
    return ended


@transaction.atomic
def end_representative(*, actor: User, representative_id: int, to_on: date) -> Representative:
    """Say on which day somebody's powers ended."""
    ended: Representative = _ended(actor, Representative, representative_id, to_on, "customers.representative.ended")
    return ended


def _ended(actor: User, model: Any, pk: int, to_on: date, action: str) -> Any:
    if not actor.has_perm(CHANGE):
        raise PermissionDenied(_("Customer service and compliance record owners and representatives."))
    row = model.objects.visible_to(actor).select_for_update(of=["self"]).get(pk=pk)
    if row.to_on is not None:
        raise ValidationError(_("This has ended already."))
    if to_on < row.from_on:
        raise ValidationError({"to_on": _("The last day is before the first.")})
    name_act(action)
    row.to_on = to_on
    row.save(update_fields=["to_on"])
    return row
