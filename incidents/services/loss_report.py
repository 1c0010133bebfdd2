"""Losses summed by year, Basel event type, business line and currency: one statement for all that the reader sees."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from incidents.models import LossEvent
from incidents.sql import statement
from risk.models import BaselType
from staff.models import User


@dataclass(frozen=True)
class LossSum:
    """Losses discovered in a year, of one event type of level 1 and one line (None: none), in one currency."""

    year: int
    basel_type: BaselType | None
    line: str | None
    currency: str
    losses: int
    gross: Decimal
    recovered: Decimal
    net: Decimal


def loss_sums(*, reader: User, year: int | None = None) -> list[LossSum]:
    """Return the sums of a year, or of all, the newest first; what has no event type stands last within its year."""
    types = {kind.pk: kind for kind in BaselType.objects.filter(parent=None)}
    with connection.cursor() as cursor:
        cursor.execute(statement("loss_summary"), {"lines": list(reader.business_lines) or None, "year": year})
        rows = cursor.fetchall()
    return [LossSum(row[0], types.get(row[1]), *row[2:]) for row in rows]


def years_of_losses(reader: User) -> list[int]:
    """Return the years in which the reader's losses were discovered, newest first."""
    seen = LossEvent.objects.visible_to(reader).order_by()
    return sorted({day.year for day in seen.dates("discovered_on", "year")}, reverse=True)
