"""The radar of a day as a page shows it: dots in their places, rings and sectors with their names."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from identification.models import EmergingReading, EmergingRisk, Horizon
from identification.rules.radar import Dot, Look, moves, place_dots, point, quarter_end_before, sector_bounds
from identification.services.radar import emerging_url
from risk.models import RiskClass
from staff.models import User

RINGS = [165.0, 280.0, 380.0, 460.0]  # outer radii, from the middle
SECTORS = list(RiskClass)
HORIZONS = list(Horizon)
NAMES_AT = RINGS[-1] + 16  # where the names of the sectors stand


@dataclass(frozen=True)
class Drawn:
    """What is watched on the day: the look that counts, its place, and what moved since the quarter before."""

    number: int
    emerging: EmergingRisk
    reading: EmergingReading
    dot: Dot
    moves: list[str]

    @property
    def url(self) -> str:
        return emerging_url(self.emerging)

    @property
    def font(self) -> float:
        return round(self.dot.r * 0.95, 1)

    @property
    def label(self) -> str:
        """The dot in words, for whoever does not see it."""
        return _("%(number)s: %(name)s, %(horizon)s, severity %(severity)s, %(trend)s") % {
            "number": self.number, "name": self.emerging.name, "horizon": self.reading.get_horizon_display(),
            "severity": self.reading.get_severity_display(), "trend": self.reading.get_trend_display(),
        }  # fmt: skip


@dataclass(frozen=True)
class Radar:
    on: date
    since: date
    drawn: list[Drawn]
    rings: list[tuple[float, float, str]]
    sectors: list[dict]


def draw_radar(user: User, on: date) -> Radar:
    """Return the radar of the end of a day, as far as somebody sees it: two queries for the looks, whatever their number."""
    since = quarter_end_before(on)
    seen = EmergingRisk.objects.visible_to(user)
    watched = list(seen.watched_at(_end_of(on)).select_related("owner").order_by("pk"))
    now, before = _looks(watched, on), _looks(watched, since)
    watched = [emerging for emerging in watched if emerging.pk in now]
    watched.sort(key=lambda one: (*_cell(one, now[one.pk]), -now[one.pk].severity, one.pk))
    dots = place_dots(_cells(watched, now), rings=RINGS, sectors=len(SECTORS))
    drawn = [
        Drawn(number, one, now[one.pk], dots[one.pk], moves(_look(before.get(one.pk)), _look(now[one.pk])))
        for number, one in enumerate(watched, start=1)
    ]
    return Radar(on, since, drawn, _rings(), _sectors())


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))


def _looks(watched: list[EmergingRisk], on: date) -> dict[int, EmergingReading]:
    found = EmergingReading.objects.filter(emerging__in=watched).last_of_each(_end_of(on))
    return {reading.emerging_id: reading for reading in found}


def _look(reading):
    return Look(HORIZONS.index(reading.horizon), reading.severity) if reading else None


def _cell(emerging: EmergingRisk, reading: EmergingReading) -> tuple[int, int]:
    return HORIZONS.index(reading.horizon), SECTORS.index(emerging.risk_class)


def _cells(watched, looks):
    cells: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for one in watched:
        cells.setdefault(_cell(one, looks[one.pk]), []).append((one.pk, looks[one.pk].severity))
    return cells


def _rings() -> list[tuple[float, float, str]]:
    """Radius, where its name stands, and the name; the outermost first, so that the inner ones lie above."""
    inner = [0.0, *RINGS]
    rows = [
        (outer, -(inner[number] + outer) / 2 if number else -outer * 0.72, horizon.label)
        for number, (outer, horizon) in enumerate(zip(RINGS, HORIZONS, strict=True))
    ]
    return rows[::-1]


def _sectors() -> list[dict]:
    return [_sector(number, str(risk_class.label)) for number, risk_class in enumerate(SECTORS)]


def _sector(number: int, name: str) -> dict:
    begins, ends = sector_bounds(number, len(SECTORS))
    x, y = point((begins + ends) / 2, NAMES_AT)
    anchor = "middle" if abs(x) < 80 else "start" if x > 0 else "end"
    sides = [point(angle, RINGS[-1]) for angle in (begins, ends)]
    return {"name": name, "x": x, "y": y, "anchor": anchor, "sides": sides}
