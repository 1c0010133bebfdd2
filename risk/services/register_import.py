"""Many risks at once from a table: every row is read and judged first, and either all of them are recorded or none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from products.models import BusinessLine
from risk.models import Risk, RiskClass, RiskSubclass
from risk.querysets.people import risk_people
from staff.models import User

COLUMNS = (
    "title", "risk_class", "subclass", "line", "owner", "review_on", "description", "causes", "consequences",
)  # fmt: skip
NEEDED = {"title", "risk_class"}
MOST = 20_000


@dataclass
class Outcome:
    """What a table holds: risks that can be recorded, and a sentence for each row that cannot."""

    risks: list[Risk] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """What cells may name."""

    lines: dict[str, str]
    owners: dict[str, User]
    subclasses: dict[str, RiskSubclass]


def judged(*, actor: User, rows: Iterable[Mapping[str, str]], at: datetime) -> Outcome:
    """Read every row and say what would become of it; nothing is written. Rows are counted as in the file, from 2."""
    known, found = _known(actor), Outcome()
    for number, row in enumerate(rows, 2):
        if number > MOST + 1:
            raise ValidationError(_("The table has more than %(most)s rows: bring it in parts.") % {"most": MOST})
        if number == 2:
            _check_columns(row)
        try:
            found.risks.append(_risk(row, known, at))
        except ValidationError as error:
            found.errors.append((number, " ".join(error.messages)))
    return found


@transaction.atomic
def import_risks(*, actor: User, rows: Iterable[Mapping[str, str]], at: datetime) -> int:
    """Record every row of a table, open and unrated; ValidationError, and nothing recorded, where one cannot be."""
    found = judged(actor=actor, rows=rows, at=at)
    if found.errors:
        number, why = found.errors[0]
        raise ValidationError(_("Nothing was recorded. Row %(row)s: %(why)s") % {"row": number, "why": why})
    name_act("risk.risk.imported")
    return len(Risk.objects.bulk_create(found.risks, batch_size=1_000))


def _known(actor: User) -> Known:
    return Known(
        lines={line.pk: line.pk for line in BusinessLine.objects.visible_to(actor)},
        owners={person.email.lower(): person for person in risk_people()},
        subclasses={one.code: one for one in RiskSubclass.objects.all()},
    )


def _check_columns(row: Mapping[str, str]) -> None:
    if missing := NEEDED - set(row):
        raise ValidationError(_("The table lacks the columns %(names)s.") % {"names": ", ".join(sorted(missing))})
    if unknown := {str(name) for name in row} - set(COLUMNS):
        raise ValidationError(_("These columns are not known: %(names)s.") % {"names": ", ".join(sorted(unknown))})


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
