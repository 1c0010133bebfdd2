"""Tables that map figures to the steps of a matrix: looked up, and changed by two people from a day on."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment.models import Figure, ScaleTable
from assessment.rules.scales import check_bounds, step_for
from audit.services import name_act
from risk.models import RiskMatrix
from staff.models import ChangeRequest, User
from staff.services.changes import propose


@dataclass(frozen=True)
class Mapped:
    """A figure and the step that a table puts it on; `step` is None where no table does."""

    figure: str
    value: Decimal
    currency: str
    step: int | None
    table: int | None

    def as_evidence(self) -> dict[str, Any]:
        kind = "mapped" if self.step else "unmapped"
        value = f"{self.value.quantize(Decimal('0.01')):f}"
        found = {"kind": kind, "figure": self.figure, "value": value, "currency": self.currency}
        return {**found, "step": self.step, "table": self.table} if self.step else found


def map_figure(matrix: RiskMatrix, figure: str, value: Decimal, *, at: date, currency: str = "") -> Mapped:
    """Return where the table in force puts a figure under a matrix."""
    table = ScaleTable.objects.in_force(at).filter(matrix=matrix, figure=figure, currency=currency).first()
    if table is None:
        return Mapped(figure, value, currency, None, None)
    step = step_for(value, [Decimal(bound) for bound in table.bounds], falling=table.is_falling)
    return Mapped(figure, value, currency, step, table.pk)


def checked_scale_table(*, matrix_id: int, bounds: list[str], **fields: Any) -> ScaleTable:
    """Return a table as it would be written; ValidationError for one that does not fit its matrix."""
    table = ScaleTable(matrix=RiskMatrix.objects.get(pk=matrix_id), **fields)
    try:
        numbers = [Decimal(bound) for bound in bounds]
    except InvalidOperation:
        raise ValidationError({"bounds": _("Write one number a line.")}) from None
    if not all(number.is_finite() for number in numbers):
        raise ValidationError({"bounds": _("Write one number a line.")})
    _check_steps(table, numbers)
    table.bounds = [f"{number:f}" for number in numbers]
    table.full_clean()
    if table.valid_from < timezone.localdate():
        raise ValidationError({"valid_from": _("A table begins today or later.")})
    return table


def _check_steps(table: ScaleTable, numbers: list[Decimal]) -> None:
    steps = table.matrix.highest[1 if table.figure == Figure.LOSS else 0]
    try:
        check_bounds(numbers, steps=steps, falling=table.is_falling)
    except ValueError:
        falls = _("Give %(count)s numbers, one a line, each below the one before.")
        rises = _("Give %(count)s numbers, one a line, each above the one before.")
        raise ValidationError({"bounds": (falls if table.is_falling else rises) % {"count": steps - 1}}) from None


def propose_scale_table(*, actor: User, reason: str, at: datetime, **fields: Any) -> ChangeRequest:
    """Ask for a table; it is in force from its day once somebody else has agreed."""
    table = checked_scale_table(**fields)
    arguments = {
        "matrix_id": table.matrix_id,
        "figure": table.figure,
        "currency": table.currency,
        "bounds": table.bounds,
        "valid_from": table.valid_from.isoformat(),
        "source": table.source,
    }
    return propose(actor=actor, command="assessment.scale_table.add", arguments=arguments, reason=reason, at=at)


@transaction.atomic
def add_scale_table(*, actor: User, reason: str, **fields: Any) -> ScaleTable:
    """Write the table that two people agreed on."""
    table = checked_scale_table(**fields)
    name_act("assessment.scale_table.added", reason=reason)
    table.save()
    return table
