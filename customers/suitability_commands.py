"""What of suitability is under four eyes: a new matrix, and a withdrawal that pays money back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import CoolingOff, InvestorClass, Match, SuitabilityMatrix
from customers.services.cooling_off import WITHDRAW, carry_out, check_withdrawal, seen_cooling_off
from customers.services.suitability_rules import check_matrix, checked_cells, company_day, put_in_force
from pages.formats import day, money
from products.models import LineCode, RiskRating
from staff.changes import Arguments, Command, Differences, register_command, version_of
from staff.models import ChangeRequest, User

MATRIX = "customers.suitability.matrix"


def register() -> None:
    for command in COMMANDS:
        register_command(command)


def _check_matrix(*, actor: User, arguments: Arguments) -> None:
    said = {name: arguments[name] for name in ("jurisdiction", "valid_from", "lines", "cells")}
    check_matrix(**said, today=company_day(timezone.now()))


def _put_in_force(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    made = put_in_force(
        actor=actor,
        jurisdiction=arguments["jurisdiction"],
        valid_from=date.fromisoformat(arguments["valid_from"]),
        lines=arguments["lines"],
        cells=checked_cells(arguments["cells"]),
        source=arguments["source"],
    )
    return str(made)


def _standing(arguments: Arguments) -> SuitabilityMatrix | None:
    begins = date.fromisoformat(arguments["valid_from"])
    return SuitabilityMatrix.objects.the_one(arguments["jurisdiction"], begins)


def _describe_matrix(arguments: Arguments) -> Differences:
    old = _standing(arguments)
    labels = {match.value: str(match.label) for match in Match}
    rows: list[tuple[Any, Any, Any]] = [
        (_("From"), old and day(old.valid_from), day(date.fromisoformat(arguments["valid_from"]))),
        (_("Business lines"), old and _lines(old.lines), _lines(arguments["lines"])),
        (_("Source"), old and old.source, arguments["source"]),
    ]
    for one in InvestorClass.values:
        for rating in RiskRating.values:
            rows.append(
                (f"{one} × {rating}", old and labels[old.match(one, rating)], labels[arguments["cells"][one][rating]])
            )
    return [row for row in rows if row[1] != row[2]]


def _lines(codes: list[str]) -> str:
    return ", ".join(str(LineCode(code).label) for code in codes)


def _matrix_writes(arguments: Arguments) -> list[dict[str, Any]]:
    values = {
        "jurisdiction": arguments["jurisdiction"], "valid_from": arguments["valid_from"],
        "cells": arguments["cells"], "lines": arguments["lines"],
    }  # fmt: skip
    return [{"table": "customers_suitabilitymatrix", "on": "insert", "key": {}, "values": values}]


def _cooling_off(arguments: Arguments) -> CoolingOff:
    return CoolingOff.objects.for_list().select_related("customer").get(pk=arguments["cooling_off_id"])


def _check_withdrawal(*, actor: User, arguments: Arguments) -> None:
    found = seen_cooling_off(actor, arguments["cooling_off_id"])
    today = company_day(timezone.now())
    check_withdrawal(found, declared_on=date.fromisoformat(arguments["declared_on"]), today=today)


def _withdraw(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    assert request.executed_at is not None
    done = carry_out(
        actor=actor,
        cooling_off_id=arguments["cooling_off_id"],
        declared_on=date.fromisoformat(arguments["declared_on"]),
        amount=Decimal(arguments["amount"]),
        reason=request.reason,
        at=request.executed_at,
    )
    return _("Withdrawn; %(amount)s is paid back.") % {"amount": money(done.amount, done.currency)}


def _describe_withdrawal(arguments: Arguments) -> Differences:
    found = _cooling_off(arguments)
    return [
        (_("Product"), str(found.product), str(found.product)),
        (_("State"), found.get_state_display(), _("Withdrawn")),
        (_("Declared on"), "", day(date.fromisoformat(arguments["declared_on"]))),
        (_("Last day of the period"), "", day(found.ends_on)),
        (_("Paid back"), "", money(Decimal(arguments["amount"]), found.currency)),
    ]


COMMANDS = [
    Command(
        name=MATRIX,
        label=gettext_lazy("Put a suitability matrix in force"),
        permission="customers.add_suitabilitymatrix",
        execute=_put_in_force,
        describe=_describe_matrix,
        about=lambda arguments: f"{arguments['jurisdiction'] or '–'} {arguments['valid_from']}",
        version=lambda arguments: version_of(
            SuitabilityMatrix.objects.filter(jurisdiction=arguments["jurisdiction"]), "valid_from"
        ),
        target=lambda arguments: ("", ""),
        check=_check_matrix,
        guards={"customers_suitabilitymatrix": ("jurisdiction", "valid_from", "cells", "lines")},
        writes=_matrix_writes,
    ),
    Command(
        name=WITHDRAW,
        label=gettext_lazy("Pay back what a customer withdrew from"),
        permission="customers.withdraw_coolingoff",
        execute=_withdraw,
        describe=_describe_withdrawal,
        about=lambda arguments: _cooling_off(arguments).customer.reference,
        version=lambda arguments: version_of(
            CoolingOff.objects.filter(pk=arguments["cooling_off_id"]), "starts_on", "ends_on", "amount"
        ),
        target=lambda arguments: ("customers_coolingoff", arguments["cooling_off_id"]),
        amount=lambda arguments: Decimal(arguments["amount"]),
        check=_check_withdrawal,
        guards={"customers_coolingoff": ("amount",)},
    ),
]
