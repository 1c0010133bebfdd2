"""What is known of a risk by data: readings of its indicators in a year, losses in five."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from assessment.loss_history import LossHistory, losses_of
from assessment.rules.history import share_outside
from assessment.rules.mixes import data_level
from risk.models import IndicatorReading, Risk

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Watched:
    """An indicator of a risk: how many days it was read on within a year, and the share of them outside green."""

    code: str
    name: str
    readings: int
    outside: Decimal


@dataclass(frozen=True)
class Data:
    """What there is: indicators, the worst first, and losses."""

    indicators: list[Watched]
    losses: LossHistory

    @property
    def readings(self) -> int:
        return sum(one.readings for one in self.indicators)

    @property
    def level(self) -> str:
        return data_level(readings=self.readings, losses=self.losses.count)


def data_of(risk: Risk, at: date) -> Data:
    """Return the data on a risk up to `at`, in a number of queries that does not depend on how much there is."""
    return Data(sorted(_watched(risk, at), key=lambda one: (-one.outside, one.code)), losses_of(risk, at))


def _watched(risk: Risk, at: date) -> list[Watched]:
    taken = IndicatorReading.objects.last_of_each_day().filter(
        indicator__in=risk.indicators.filter(is_active=True), day__gt=at - YEAR, day__lte=at, value__isnull=False
    )
    bands: dict[tuple[str, str], list[str]] = {}
    for reading in taken.select_related("indicator"):
        bands.setdefault((reading.indicator.code, reading.indicator.name), []).append(reading.band)
    return [Watched(code, name, len(said), share_outside(said)) for (code, name), said in bands.items()]
