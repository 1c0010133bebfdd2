"""Two customers field by field, as a reader may see them: of what is hidden the page says whether it is the same."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from customers.masking import Masked
from customers.models import Customer, DuplicatePair, MatchField, MatchLevel
from pages.formats import day

TONES = {MatchLevel.EXACT: "green", MatchLevel.CLOSE: "amber", MatchLevel.DIFFERS: "red"}


@dataclass(frozen=True)
class Row:
    """One field of both: what each shows, how far they agree, and what that weighed; no weight where it was not compared."""

    label: Any
    one: Any
    other: Any
    level: str
    word: Any
    tone: str
    weight: str = ""


def compared(user: Any, pair: DuplicatePair) -> list[Row]:
    """Return the fields that were compared, heaviest first, then the others."""
    masked, one, other = Masked(user), pair.first, pair.second
    shown = {
        MatchField.NAME: lambda row: masked.name(row),
        MatchField.BIRTH: lambda row: row.birth_date and row.birth_date.year,
        MatchField.SEX: lambda row: row.get_sex_display() if row.sex else "",
        MatchField.PHONE: lambda row: masked.of(row, "phone"),
        MatchField.EMAIL: lambda row: masked.of(row, "email"),
        MatchField.IDENTITY: lambda row: masked.of(row, "identity_number"),
        MatchField.ADDRESS: lambda row: masked.of(row, "address"),
        MatchField.REGION: lambda row: row.region,
        MatchField.DEVICE: lambda row: "",
    }
    ordered = sorted(pair.levels.items(), key=lambda said: -abs(float(said[1][1])))
    rows = [
        Row(MatchField(field).label, shown[MatchField(field)](one), shown[MatchField(field)](other), level,
            MatchLevel(level).label, TONES.get(MatchLevel(level), ""), f"{float(weight):+.1f}" if level != "missing" else "")
        for field, (level, weight) in ordered
    ]  # fmt: skip
    return [*rows, *(_plain(label, read(one), read(other)) for label, read in others())]


def others() -> list[tuple[Any, Any]]:
    """What is shown beside what was compared."""
    return [
        (_("City"), lambda row: row.city),
        (_("Status"), lambda row: row.get_status_display()),
        (_("Risk"), lambda row: row.get_risk_level_display()),
        (_("Customer since"), lambda row: day(row.joined_on)),
        (_("Business lines"), lambda row: ", ".join(sorted(row.lines))),
        (_("Relationship owner"), lambda row: str(row.relationship_owner or "")),
        (_("Number at its source"), _source),
    ]


def _source(row: Customer) -> str:
    return f"{row.source} {row.external_id}" if row.source else ""


def _plain(label: Any, one: Any, other: Any) -> Row:
    level = MatchLevel.EXACT if one == other else MatchLevel.DIFFERS
    level = level if one and other else MatchLevel.MISSING
    return Row(label, one, other, level, level.label, "")
