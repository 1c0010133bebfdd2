"""How pressing an audit of an area is: points for its risks, the time since it was last audited, open findings and losses.

A convention of the house, shown with its parts wherever it is used: at most 40 points for the gravest residual score, 30
for time, 20 for findings, 10 for losses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

FOR_RISK, FOR_TIME, FOR_FINDINGS, FOR_LOSSES = 40, 30, 20, 10
A_CYCLE = 20  # points for a whole cycle passed, so that one and a half take all that time gives
EACH = 5  # points for a finding or a loss
LITTLE, MUCH = 40, 70  # below and from which priority an audit takes fewer or more days


@dataclass(frozen=True)
class Standing:
    """What is known of an area on a day.

    `score` is its gravest residual score of the at most `scale` of the matrix, None without a rated risk; `months` are
    whole ones since the last audit, None for never; `findings` counts grave ones twice; `losses` are of twelve months."""

    score: int | None
    scale: int
    months: int | None
    cycle: int
    findings: int
    losses: int


@dataclass(frozen=True)
class Part:
    """What one thing adds to a priority: `value` is what was found, `points` what it counts."""

    of: str
    value: int | None
    points: int


def parts_of(standing: Standing) -> list[Part]:
    """Return what an area's priority is the sum of: risk, time, findings, losses. Points are whole, cut off below."""
    risk = 0 if standing.score is None else FOR_RISK * standing.score // max(standing.scale, 1)
    time = FOR_TIME if standing.months is None else A_CYCLE * standing.months // standing.cycle
    return [
        Part("risk", standing.score, min(FOR_RISK, risk)),
        Part("time", standing.months, min(FOR_TIME, time)),
        Part("findings", standing.findings, min(FOR_FINDINGS, EACH * standing.findings)),
        Part("losses", standing.losses, min(FOR_LOSSES, EACH * standing.losses)),
    ]


def priority_of(parts: Sequence[Part]) -> int:
    """Return a priority from 0 to 100."""
    return sum(part.points for part in parts)


def months_between(first: date, last: date) -> int:
    """Return the whole months from one day to another, none where the second is the earlier."""
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return max(months, 0)


def due_quarter(audited_on: date | None, cycle: int, year: int) -> int | None:
    """Return the quarter of `year` in which an area is due: the first where it was never audited or is overdue already,
    None where its cycle of `cycle` months ends later."""
    if audited_on is None:
        return 1
    months = audited_on.year * 12 + audited_on.month - 1 + cycle
    due_year, month = divmod(months, 12)
    if due_year > year:
        return None
    return 1 if due_year < year else month // 3 + 1


def days_for(priority: int) -> int:
    """Return the person-days that a plan sets aside for an audit, until somebody says otherwise."""
    return 10 if priority < LITTLE else 15 if priority < MUCH else 20
