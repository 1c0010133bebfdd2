"""What a chart shows: a small specification that charts.js draws and that a table behind the chart repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.utils.functional import Promise

from pages import formats

Text = str | Promise
Kind = Literal["line", "area", "bar", "stacked", "spark"]
KINDS = ("line", "area", "bar", "stacked", "spark")
Value = int | float | Decimal | None


@dataclass(frozen=True)
class Bound:
    """A level drawn across a chart, such as an indicator's amber line; `tone` is amber or red."""

    name: Text
    value: int | float | Decimal
    tone: str = "amber"


@dataclass(frozen=True)
class Chart:
    """Series over one axis.

    `x` holds dates or names; each series in `series` has one value for each of them, None where nothing is known, which
    is drawn as a gap and never as zero. `unit` is said beside the title (`CNY`, `customers`, `%`); a percentage comes
    as percent, not as a fraction. `as_of` is the moment the figures stand for. `urls` opens the rows behind a point,
    one for each of `x`.
    """

    title: Text
    x: Sequence[Any]
    series: Mapping[str, Sequence[Value]]
    kind: Kind = "line"
    unit: Text = ""
    as_of: date | datetime | None = None
    bounds: Sequence[Bound] = ()
    urls: Sequence[str] = ()
    places: int | None = None
    note: Text = ""
    tall: bool = False
    labels: list[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"a chart is one of {', '.join(KINDS)}, not {self.kind}")
        wrong = [name for name, values in self.series.items() if len(values) != len(self.x)]
        if wrong:
            raise ValueError(f"{wrong[0]} has {len(self.series[wrong[0]])} values for {len(self.x)} points of the axis")
        object.__setattr__(self, "labels", [_label(point) for point in self.x])

    @property
    def is_empty(self) -> bool:
        return not any(value is not None for values in self.series.values() for value in values)

    def spec(self) -> dict[str, Any]:
        """What charts.js reads, as JSON: see there for the kinds."""
        return {
            "kind": self.kind,
            "title": str(self.title),
            "unit": str(self.unit),
            "x": self.labels,
            "series": [
                {"name": str(name), "data": [_plain(value) for value in values]} for name, values in self.series.items()
            ],
            "bounds": [
                {"name": str(bound.name), "value": _plain(bound.value), "tone": bound.tone} for bound in self.bounds
            ],
            "urls": list(self.urls),
            "places": self.places,
        }

    def rows(self) -> list[list[str]]:
        """The table behind the chart: the point of the axis, then each series as the language writes it."""
        columns = list(self.series.values())
        return [
            [label, *(formats.number(values[place], self.places) for values in columns)]
            for place, label in enumerate(self.labels)
        ]


def _plain(value: Value) -> float | int | None:
    return float(value) if isinstance(value, Decimal) else value


def _label(point: Any) -> str:
    if isinstance(point, datetime):
        return formats.moment(point)
    return formats.day(point) if isinstance(point, date) else str(point)
