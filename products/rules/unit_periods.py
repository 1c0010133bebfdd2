"""Unit-periods of a credit transaction: 12 CFR 1026 (Regulation Z), appendix J, paragraphs (b)(3) to (b)(5)."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from products.rules.calendar import is_last_of_month, shift_months

NAMES = {
    "day": ("day", 1),
    "week": ("week", 1),
    "fortnight": ("week", 2),
    "semimonth": ("semimonth", 1),
    "month": ("month", 1),
    "quarter": ("month", 3),
    "half_year": ("month", 6),
    "year": ("month", 12),
}
_COUNTED = re.compile(r"([1-9][0-9]{0,2}) (day|week|month)s?")
_LENGTHS = {"day": Fraction(1), "week": Fraction(7), "semimonth": Fraction(365, 24), "month": Fraction(365, 12)}
_PREFERENCE = ("month", "semimonth", "week", "day")


@dataclass(frozen=True, slots=True)
class UnitPeriod:
    """A number of days, weeks or months, or a semimonth; twelve months are a year."""

    kind: str
    count: int

    @property
    def days(self) -> Fraction:
        return _LENGTHS[self.kind] * self.count

    @property
    def per_year(self) -> Decimal:
        """Unit-periods in a year: 365 days, 52 weeks, 24 semimonths or 12 months, over their number."""
        return Decimal({"day": 365, "week": 52, "semimonth": 24, "month": 12}[self.kind]) / self.count

    def capped(self) -> "UnitPeriod":
        """Return this period, or a year where it is longer: no unit-period exceeds one."""
        return UnitPeriod("month", 12) if self.days > 365 else self


def read_unit_period(text: str) -> UnitPeriod:
    """Return the unit-period that a name (`month`, `fortnight`) or a count (`4 weeks`, `2 months`) stands for."""
    counted = _COUNTED.fullmatch(text) if isinstance(text, str) else None
    if text in NAMES:
        return UnitPeriod(*NAMES[text])
    if not counted or (period := UnitPeriod(counted[2], int(counted[1]))).days > 365:
        raise ValueError(
            f"The unit-period is {text!r}: write {', '.join(NAMES)} or a count such as '4 weeks', up to a year."
        )
    return period


class Scale:
    """Measures the time from `start` to the dates of one series (of payments, or of advances) in months and days.

    Months are measured back from the later date. A date on the last day of a short month stands for the later day that
    others of its series fall on: the 30th of February is its last day.
    """

    def __init__(self, start: date, series: Sequence[date]) -> None:
        self.start = start
        self.dates = sorted({day for day in series if day > start})
        self.falls_on = {day.day for day in (self.dates if len(self.dates) > 1 else [start, *self.dates])}

    def day_of(self, day: date) -> int:
        later = [other for other in self.falls_on if other > day.day]
        return max(later) if later and is_last_of_month(day) else day.day

    def months_back(self, earlier: date, later: date) -> tuple[int, date]:
        """Return the full months from `earlier` to `later`, and the day on which the first of them begins."""
        on = self.day_of(later)
        months = (later.year - earlier.year) * 12 + later.month - earlier.month
        months -= shift_months(later, -months, on=on) < earlier
        return months, shift_months(later, -months, on=on)

    def whole_months(self, earlier: date, later: date) -> int:
        """Return the months from `earlier` to `later` where they are whole, else 0."""
        months, begins = self.months_back(earlier, later)
        return months if begins == earlier else 0

    def elapsed(self, later: date, unit: UnitPeriod) -> tuple[Decimal, Decimal]:
        """Return full unit-periods and the remaining fraction from the start to `later` (paragraph (b)(5))."""
        if unit.kind in {"day", "week"}:
            return _split((later - self.start).days, int(unit.days))
        months, begins = self.months_back(self.start, later)
        rest = (begins - self.start).days
        if unit == UnitPeriod("month", 12):
            return self._years(later, months, rest)
        if unit == UnitPeriod("month", 1):
            return Decimal(months), Decimal(rest) / 30
        return _split(30 * months + rest, 15 if unit.kind == "semimonth" else 30 * unit.count)

    def _years(self, later: date, months: int, rest: int) -> tuple[Decimal, Decimal]:
        years, odd_months = divmod(months, 12)
        if not rest:
            return Decimal(years), Decimal(odd_months) / 12
        begins = shift_months(later, -12 * years, on=self.day_of(later))
        return Decimal(years), Decimal((begins - self.start).days) / 365

    def periods(self) -> list[tuple[date, date]]:
        """Return the intervals between the start and the dates, in order."""
        return list(zip([self.start, *self.dates], self.dates, strict=False))

    def candidates(self) -> list[set[UnitPeriod]]:
        """Return, for each period, the intervals of time that it may be an instance of."""
        periods = self.periods()
        found = [self._names(*period) for period in periods]
        for index, ((begin, middle), (_, end)) in enumerate(zip(periods, periods[1:], strict=False)):
            halves = {(middle - begin).days, (end - middle).days}
            if self.whole_months(begin, end) == 1 and halves <= {12, 13, 14, 15, 16, 17, 18}:
                found[index].add(UnitPeriod("semimonth", 1))
                found[index + 1].add(UnitPeriod("semimonth", 1))
        return found

    def _names(self, begin: date, end: date) -> set[UnitPeriod]:
        days, months = (end - begin).days, self.whole_months(begin, end)
        names = {UnitPeriod("day", days)} | ({UnitPeriod("week", days // 7)} if days % 7 == 0 else set())
        return names | ({UnitPeriod("month", months)} if months else set())


def _split(days: int, length: int) -> tuple[Decimal, Decimal]:
    full, rest = divmod(days, length)
    return Decimal(full), Decimal(rest) / length


def find_unit_period(scales: Sequence[Scale]) -> UnitPeriod:
    """Return the unit-period of a transaction with more than one payment or advance (paragraph (b)(4)(i)).

    It is the common period that occurs most often, the smaller of two that occur equally often, never more than a year;
    without a common period the average of all, rounded to the nearest standard interval of time, the lower of two.
    A period that goes by two names (28 days from 1 February are a month too) takes the one that more periods share.
    """
    candidates = [names for scale in scales for names in scale.candidates()]
    shared = Counter(name for names in candidates for name in names)

    def likeliest(names: set[UnitPeriod]) -> UnitPeriod:
        return min(names, key=lambda name: (-shared[name], _PREFERENCE.index(name.kind)))

    named = [likeliest(names) for names in candidates]
    period, times = min(Counter(named).items(), key=lambda item: (-item[1], item[0].days))
    return period.capped() if times > 1 else _average(named)


def _average(named: Sequence[UnitPeriod]) -> UnitPeriod:
    """Return the standard interval nearest to the average, among months where all are months, else among all."""
    average = sum((name.days for name in named), Fraction(0)) / len(named)
    kinds = {name.kind for name in named}
    months = [UnitPeriod("month", count) for count in range(1, 13)]
    if kinds == {"month"}:
        return min(months, key=lambda unit: (abs(unit.days - average), unit.days))
    weeks = [UnitPeriod("week", count) for count in range(1, 53)]
    standard = [UnitPeriod("day", 1), UnitPeriod("semimonth", 1), *weeks, *months]
    return min(standard, key=lambda unit: (abs(unit.days - average), unit.days))
