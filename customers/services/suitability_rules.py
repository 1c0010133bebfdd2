"""What law and policy say about suitability on a day: rules, the matrix, and a change of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import InvestorClass, Match, SuitabilityCode, SuitabilityMatrix, SuitabilityRule
from customers.rules.jurisdictions import sold_in
from customers.rules.suitability import PlaceFacts
from products.models import Jurisdiction, LineCode, Product, RiskRating
from staff.models import ChangeRequest, User
from staff.services.changes import propose


def company_day(at: datetime) -> date:
    """Return the day that it is at `at` where the company is: whoever asks, from wherever, gets the same."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def law_of(jurisdiction: str) -> str:
    """Return whose law holds for somebody: their jurisdiction's, the company's where none is known."""
    return jurisdiction or settings.COMPANY_JURISDICTION


def rule_in_force(code: str, jurisdiction: str, day: date) -> SuitabilityRule | None:
    return SuitabilityRule.objects.the_one(code, law_of(jurisdiction), day)


def rule_needed(code: str, jurisdiction: str, day: date) -> SuitabilityRule:
    """Return the rule in force; ValidationError, and a sentence for compliance, where none is."""
    rule = rule_in_force(code, jurisdiction, day)
    if rule is None:
        raise ValidationError(
            _("No suitability rule “%(rule)s” is in force on %(day)s: ask compliance to enter it.")
            % {"rule": SuitabilityCode(code).label, "day": day}
        )
    return rule


@dataclass(frozen=True)
class Law:
    """What holds for people of one jurisdiction on a day, whatever the product."""

    place: str
    matrix: SuitabilityMatrix | None
    extra_step_age: int | None


def law_on(jurisdiction: str, day: date) -> Law:
    place = law_of(jurisdiction)
    extra = rule_in_force(SuitabilityCode.EXTRA_STEP_AGE, place, day)
    return Law(place, SuitabilityMatrix.objects.the_one(place, day), extra.value if extra else None)


def place_facts(product: Product, law: Law) -> PlaceFacts:
    """Return what the law of a customer's jurisdiction says about a product."""
    rating = product.version.risk_rating if product.version else ""
    matrix = law.matrix
    return PlaceFacts(
        is_sold=sold_in(product.jurisdiction, law.place),
        is_governed=matrix is not None and product.line_id in matrix.lines,
        matches={one: matrix.match(one, rating) for one in InvestorClass.values} if matrix else {},
        extra_step_age=law.extra_step_age,
    )


def checked_cells(cells: Any) -> dict[str, dict[str, str]]:
    """Return the cells of a matrix, whole and in order; ValidationError for a gap, or where a lower class may do more
    than a higher one, or a class more with a riskier product than with a safer one."""
    try:
        read = {
            one: {rating: Match(cells[one][rating]).value for rating in RiskRating.values}
            for one in InvestorClass.values
        }
    except (KeyError, TypeError, ValueError) as error:
        raise ValidationError(_("A matrix says of every class and rating: matches, confirm, or never.")) from error
    order = {Match.NO.value: 0, Match.CONFIRM.value: 1, Match.YES.value: 2}
    rows = [[order[read[one][rating]] for rating in RiskRating.values] for one in InvestorClass.values]
    falls = any(row != sorted(row, reverse=True) for row in rows)
    rises = any(list(column) != sorted(column) for column in zip(*rows, strict=True))
    if falls or rises:
        raise ValidationError(
            _(
                "A riskier product never asks for less, and a higher class is never allowed less: look at the rows again."
            )
        )
    return read


def check_matrix(*, jurisdiction: str, valid_from: str, lines: list[str], cells: Any, today: date) -> None:
    """Raise ValidationError for a matrix that cannot be put in force."""
    if jurisdiction and jurisdiction not in Jurisdiction.values:
        raise ValidationError({"jurisdiction": _("Choose a jurisdiction of the list.")})
    if not lines or any(line not in LineCode.values for line in lines):
        raise ValidationError({"lines": _("Choose the business lines that the matrix governs.")})
    begins = date.fromisoformat(valid_from)
    if begins < today:
        raise ValidationError({"valid_from": _("A matrix begins today at the earliest: what was decided stays.")})
    if SuitabilityMatrix.objects.filter(jurisdiction=jurisdiction, valid_from=begins).exists():
        raise ValidationError({"valid_from": _("A matrix begins on that day already.")})
    checked_cells(cells)


def propose_matrix(*, actor: User, arguments: dict[str, Any], reason: str, at: datetime) -> ChangeRequest:
    """Ask for a matrix to be put in force; somebody else approves it."""
    return propose(actor=actor, command="customers.suitability.matrix", arguments=arguments, reason=reason, at=at)


@transaction.atomic
def put_in_force(*, actor: User, jurisdiction: str, valid_from: date, lines: list[str], cells: Any, source: str):
    """Add a matrix; the earlier one ends the day before. Carried out by the command `customers.suitability.matrix`
    alone: a guard refuses it without an approved request."""
    name_act("customers.suitability.matrix_changed")
    return SuitabilityMatrix.objects.create(
        jurisdiction=jurisdiction, valid_from=valid_from, lines=lines, cells=cells, source=source
    )
