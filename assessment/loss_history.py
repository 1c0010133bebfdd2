"""What was lost because of a risk is known upstairs, where losses are recorded: that room registers how to ask for it.

register_history(losses_of_risk)    # in `AppConfig.ready` of the room of losses
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from risk.models import Risk

WINDOW_YEARS = 5


@dataclass(frozen=True)
class LossHistory:
    """Losses of a risk that occurred in a window: gross amounts above zero by currency, and where they can be read."""

    count: int = 0
    amounts: dict[str, list[Decimal]] = field(default_factory=dict)
    url: str = ""

    @property
    def currency(self) -> str:
        """The currency that most losses are in; of as many, the first by its code."""
        return min(self.amounts, key=lambda code: (-len(self.amounts[code]), code), default="")


Ask = Callable[["Risk", date, date], LossHistory]
HISTORIES: list[Ask] = []


def register_history(ask: Ask) -> None:
    if ask not in HISTORIES:
        HISTORIES.append(ask)


def losses_of(risk: Risk, until: date) -> LossHistory:
    """Return the losses of a risk in the five years that end on `until`; none where no room records any."""
    first = until.replace(year=until.year - WINDOW_YEARS, day=min(until.day, 28))
    return HISTORIES[0](risk, first, until) if HISTORIES else LossHistory()
