"""Numbers, money, dates and times as the reader's language writes them, in the reader's time zone.

Babel says how; what it says is taken apart once per language, because a dense list has hundreds of figures and Babel's
own formatting costs 20 µs each. `tests/pages/test_formats.py` holds every function here against Babel.

None is shown as a dash everywhere: an unknown is never a zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_timedelta, get_month_names
from babel.numbers import format_compact_decimal, get_currency_precision, get_decimal_symbol, get_group_symbol
from babel.units import format_unit
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

NOTHING = "–"
LOCALES = {"en": "en", "zh-hans": "zh_Hans_CN", "zh-hant": "zh_Hant_TW"}
# English readers sit in many countries, where 03/04 is two different days: ISO form, which sorts and aligns as well.
DAY_PATTERNS = {"en": "{y}-{mm}-{dd}", "zh-hans": "{y}年{m}月{d}日", "zh-hant": "{y}年{m}月{d}日"}
LONG_DAY_PATTERNS = {"en": "{d} {month} {y}", "zh-hans": "{y}年{m}月{d}日", "zh-hant": "{y}年{m}月{d}日"}
# (seconds in the unit, seconds from which the unit is used, unit)
LENGTHS = [(86_400, 172_800, "day"), (3_600, 3_600, "hour"), (60, 60, "minute"), (1, 0, "second")]


@dataclass(frozen=True)
class Writing:
    """What one language needs to write figures: Babel's locale and its two separators."""

    language: str
    locale: Locale
    group: str
    point: str


@lru_cache(maxsize=8)
def _writing(language: str | None) -> Writing:
    language = language if language in LOCALES else "en"
    locale = Locale.parse(LOCALES[language])
    return Writing(language, locale, get_group_symbol(locale), get_decimal_symbol(locale))


def writing() -> Writing:
    """Return how the active language writes."""
    return _writing(get_language())


def locale() -> Locale:
    """Return the Babel locale of the active language."""
    return writing().locale


def number(value: int | float | Decimal | None, places: int | None = None) -> str:
    """Return a number with separators. `places` fixes the decimals; without it up to six are shown, none that are
    zero.
    """
    if value is None:
        return NOTHING
    return _separated(_digits(value, places), writing())


def _digits(value: int | float | Decimal, places: int | None) -> str:
    if places is not None:
        return f"{value:,.{places}f}"
    if isinstance(value, int):
        return f"{value:,}"
    digits = f"{value:,.6f}".rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def _separated(digits: str, symbols: Writing) -> str:
    """Put a language's separators in the place of `,` and `.`; all three languages group by thousands."""
    if symbols.group == "," and symbols.point == ".":
        return digits
    return digits.replace(",", "\0").replace(".", symbols.point).replace("\0", symbols.group)


def amount(value: Decimal | None) -> str:
    """Return an amount with two decimals and no currency, for columns whose heading names it."""
    return number(value, 2)


def money(value: int | float | Decimal | None, currency: str | None = None) -> str:
    """Return an amount with its ISO currency and that currency's decimals, such as `CNY 1,234.50` or `JPY 1,235`.

    The code and not the symbol: ¥ is two currencies, $ is twenty."""
    if value is None:
        return NOTHING
    if not currency:
        return number(value, 2)
    return f"{currency}\u00a0{_separated(f'{value:,.{_precision(currency)}f}', writing())}"


@lru_cache(maxsize=400)
def _precision(currency: str) -> int:
    return get_currency_precision(currency)


def compact(value: int | float | Decimal | None) -> str:
    """Return a large number in short, such as 1.2M or 120万."""
    if value is None:
        return NOTHING
    return format_compact_decimal(value, locale=locale(), fraction_digits=1)


def percent(share: int | float | Decimal | None, places: int = 2) -> str:
    """Return a fraction as a percentage: 0.0323 is 3.23%."""
    if share is None:
        return NOTHING
    return _separated(f"{Decimal(str(share)) * 100:,.{places}f}", writing()) + "%"


def day(value: date | None) -> str:
    """Return a date: 2026-11-18, or 2026年11月18日."""
    if value is None:
        return NOTHING
    return _day(_local_day(value), get_language())


def long_day(value: date | None) -> str:
    """Return a date in words where the language has them: 18 November 2026."""
    if value is None:
        return NOTHING
    return _written(_local_day(value), LONG_DAY_PATTERNS[writing().language], writing().locale)


def moment(value: datetime | None) -> str:
    """Return a date and time to the minute, in the reader's time zone."""
    if value is None:
        return NOTHING
    local = _local(value)
    return f"{_day(local.date(), get_language())} {local.hour:02d}:{local.minute:02d}"


def clock(value: datetime | None) -> str:
    """Return a time of day to the second, in the reader's time zone."""
    return NOTHING if value is None else f"{_local(value):%H:%M:%S}"


def _local(value):
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _local_day(value: date) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


@lru_cache(maxsize=8_192)
def _day(value: date, language: str | None) -> str:
    symbols = _writing(language)
    return _written(value, DAY_PATTERNS[symbols.language], symbols.locale)


def _written(value: date, pattern: str, locale: Locale) -> str:
    return pattern.format(
        y=f"{value.year:04d}",
        m=value.month,
        mm=f"{value.month:02d}",
        d=value.day,
        dd=f"{value.day:02d}",
        month=get_month_names("wide", locale=locale)[value.month],
    )


def relative(value: date | None, *, now: datetime | None = None) -> str:
    """Return how long ago or ahead a moment or a day is, such as `3 hours ago` or `in 2 days`."""
    if value is None:
        return NOTHING
    now = now or timezone.now()
    if not isinstance(value, datetime):
        return _relative_days((value - timezone.localdate(now)).days, writing().language)
    seconds = (value - now).total_seconds()
    return _("just now") if abs(seconds) < 1 else _relative(_rounded(seconds), writing().language)


def _rounded(seconds: float) -> int:
    """Round to what is said of it, so that few different texts are ever made."""
    step = next(unit for unit, least in ((86_400, 86_400), (3_600, 3_600), (60, 60), (1, 0)) if abs(seconds) >= least)
    return int(seconds / step) * step


@lru_cache(maxsize=8_192)
def _relative(seconds: int, language: str) -> str:
    return format_timedelta(timedelta(seconds=seconds), add_direction=True, locale=_writing(language).locale)


@lru_cache(maxsize=2_048)
def _relative_days(days: int, language: str) -> str:
    if -1 <= days <= 1:  # Babel has no word for these; the active language is `language`
        return {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}[days]
    return format_timedelta(
        timedelta(days=days), add_direction=True, granularity="day", locale=_writing(language).locale
    )


def duration(length: float | int | timedelta | None) -> str:
    """Return a length of time (seconds, or a timedelta) in its two largest units: `2 hr 5 min`, `45 sec`, `380 ms`."""
    if length is None:
        return NOTHING
    seconds = length.total_seconds() if isinstance(length, timedelta) else float(length)
    if abs(seconds) < 1:
        return _unit(round(seconds * 1000), "millisecond", writing().language)
    if abs(seconds) < 10:
        return _unit(round(seconds, 1), "second", writing().language)
    return _in_two_units(int(round(seconds)), writing().language)


@lru_cache(maxsize=8_192)
def _in_two_units(seconds: int, language: str) -> str:
    sign, seconds, said = ("-" if seconds < 0 else ""), abs(seconds), []
    for size, least, unit in LENGTHS:
        if seconds >= least and len(said) < 2:
            count, seconds = divmod(seconds, size)
            if count:
                said.append(_unit(count, unit, language))
    return sign + " ".join(said)


@lru_cache(maxsize=8_192)
def _unit(count: int | float, unit: str, language: str) -> str:
    return format_unit(count, f"duration-{unit}", length="short", locale=_writing(language).locale)
