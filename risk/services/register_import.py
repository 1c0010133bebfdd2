"""Risks from a table, ten thousand at once: read row by row, recorded in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from products.models import BusinessLine
from risk.models import Risk, RiskClass, RiskSubclass
from risk.querysets.people import risk_people
from staff.imports import Errors
from staff.models import User
from staff.rules.sheets import Row

COLUMNS = (
    "title", "risk_class", "subclass", "line", "owner", "review_on", "description", "causes", "consequences",
)  # fmt: skip
NEEDED = {"title", "risk_class"}
MOST = 20_000


@dataclass(frozen=True)
class Known:
    """What cells may name."""

    lines: dict[str, str]
    owners: dict[str, User]
    subclasses: dict[str, RiskSubclass]


def record_rows(actor: User, rows: Sequence[Row], at: datetime) -> Errors:
    """Record rows as risks, open and unrated, in one statement; nothing where a row cannot be. Return why, by row."""
    known, found, errors = _known(actor), [], []
    for number, row in rows:
        try:
            found.append(_risk(row, known, at))
        except ValidationError as error:
            errors.append((number, " ".join(error.messages)))
    if not errors:
        Risk.objects.bulk_create(found, batch_size=1_000)
    return errors


def _known(actor: User) -> Known:
    return Known(
        lines={line.pk: line.pk for line in BusinessLine.objects.visible_to(actor)},
        owners={person.email.lower(): person for person in risk_people()},
        subclasses={one.code: one for one in RiskSubclass.objects.all()},
    )


def _risk(row: Mapping[str, str], known: Known, at: datetime) -> Risk:
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    risk = Risk(
        title=cells["title"],
        risk_class=cells["risk_class"].lower(),
        subclass=_named(known.subclasses, cells["subclass"]),
        line_id=_named(known.lines, cells["line"]),
        owner=_named(known.owners, cells["owner"].lower()),
        review_on=_day(cells["review_on"]),
        description=cells["description"],
        causes=cells["causes"],
        consequences=cells["consequences"],
        created_at=at,
    )
    if risk.risk_class not in RiskClass.values:
        raise ValidationError(_("%(value)s is no class of risks.") % {"value": cells["risk_class"] or "–"})
    if risk.subclass and risk.subclass.risk_class != risk.risk_class:
        raise ValidationError(_("This sub-class belongs to another class."))
    risk.clean_fields(exclude=["reference", "line", "owner", "subclass", "inherent", "residual", "target"])
    return risk


def _named(known: Mapping[str, Any], cell: str) -> Any:
    if not cell:
        return None
    if cell not in known:
        raise ValidationError(_("%(value)s is not known, or outside your scope.") % {"value": cell})
    return known[cell]


def _day(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell) if cell else None
    except ValueError as error:
        raise ValidationError(_("%(value)s is no day: write 2026-11-25.") % {"value": cell}) from error
