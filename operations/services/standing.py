"""How things stand: the book's three goals over time for those who steer, and what each role looks after, from nightly figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from operations.models import Figure
from pages.charts import Chart
from pages.formats import compact, number, percent
from products.models import BusinessLine
from risk.columns import indicator_columns
from risk.models import Alert, Indicator, Risk
from staff.models import User

HISTORY = timedelta(days=760)
INDICATOR_KEYS = {"name", "value", "band", "trend", "amber", "red", "owner"}
# What a line looks after: balances, holdings and loans together.
ASSETS = {"balances": "assets", "holdings": "assets", "loans_outstanding": "assets"}


@dataclass(frozen=True)
class Item:
    """A number that opens its rows."""

    label: str | Promise
    value: str
    url: str = ""
    tone: str = ""
    note: str = ""


@dataclass(frozen=True)
class Goal:
    """One part of the page: figures, charts, and a short table."""

    title: str | Promise
    as_of: date | None = None
    figures: list[Item] = field(default_factory=list)
    charts: list[tuple[str, Chart]] = field(default_factory=list)
    columns: Any = ()
    rows: Any = ()
    row_url: Any = None


class Series:
    """All figures of the last two years in one query, as series over days."""

    def __init__(self, *, since: date) -> None:
        self.values: dict[tuple[str, str], dict[date, Decimal]] = {}
        kept = Figure.objects.filter(day__gte=since, currency__in=["", settings.COMPANY_CURRENCY])
        for name, line, day, value in kept.values_list("name", "line", "day", "value").order_by("day"):
            series = self.values.setdefault((ASSETS.get(name, name), line), {})
            series[day] = series.get(day, Decimal(0)) + value
        self.days = sorted({day for series in self.values.values() for day in series})

    @property
    def as_of(self) -> date | None:
        return self.days[-1] if self.days else None

    def last(self, name: str, line: str = "") -> Decimal | None:
        series = self.values.get((name, line), {})
        return series.get(self.as_of) if self.as_of else None

    def month_ends(self) -> list[date]:
        """The last day of each month that a night has seen, the current one included."""
        ends: dict[tuple[int, int], date] = {}
        for day in self.days:
            ends[day.year, day.month] = day
        return list(ends.values())

    def over(self, days: list[date], name: str, line: str = "") -> list[Decimal | None]:
        series = self.values.get((name, line), {})
        return [series.get(day) for day in days]


def standing_of(user: User, *, today: date) -> list[Goal]:
    """Return the parts of the home page that `user` may see; empty before the first night."""
    series = Series(since=today - HISTORY)
    if not series.days:
        return []
    goals = [_growth(series)]
    if user.has_perm("risk.view_indicator"):
        goals.append(_risk(user, series, today))
    goals.append(_revenue(user, series))
    return goals


def _growth(series: Series) -> Goal:
    ends, customers = series.month_ends(), reverse("customers:customer_list")
    month_ago = series.as_of - timedelta(days=30) if series.as_of else None
    return Goal(
        _("Growth and activity"), series.as_of,
        [
            Item(_("Customers"), number(series.last("customers_total")), customers),
            Item(_("New in 30 days"), number(series.last("customers_new_30")), f"{customers}?joined_min={month_ago}"),
            Item(_("Active on the day"), number(series.last("active_day")), f"{customers}?active_since={series.as_of}"),
            Item(_("Active in 30 days"), number(series.last("active_30")), f"{customers}?active_since={month_ago}"),
            Item(_("Retained"), percent(series.last("retained_30"), 1), f"{customers}?lifecycle=active",
                 note=_("active in the 30 days before, and again since")),
        ],
        [
            ("customers-over-time", Chart(_("Customers by month"), kind="area", x=ends, unit=_("customers"), as_of=series.as_of,
                series={_("Customers"): series.over(ends, "customers_total"), _("Active in 30 days"): series.over(ends, "active_30")})),
            ("retained-over-time", Chart(_("Retained by month"), kind="line", x=ends, unit="%", as_of=series.as_of,
                series={_("Retained"): [value and value * 100 for value in series.over(ends, "retained_30")]})),
        ],
    )  # fmt: skip


def _risk(user: User, series: Series, today: date) -> Goal:
    indicators = list(Indicator.objects.visible_to(user).active().for_list())
    bands = {
        band: sum(1 for one in indicators if one.latest and one.latest.band == band)
        for band in ("red", "amber", "green")
    }
    page, alerts = reverse("risk:indicator_list"), Alert.objects.visible_to(user).open()
    red = [one for one in indicators if one.latest and one.latest.band in ("red", "amber")]
    return Goal(
        _("Risk and compliance"), series.as_of,
        [
            Item(_("Indicators in red"), number(bands["red"]), f"{page}?band=red", "red" if bands["red"] else ""),
            Item(_("Indicators in amber"), number(bands["amber"]), f"{page}?band=amber", "amber" if bands["amber"] else ""),
            Item(_("Indicators in green"), number(bands["green"]), f"{page}?band=green"),
            Item(_("Open alerts"), number(alerts.count()), f"{reverse('risk:alert_list')}?open=true"),
            Item(_("Reviews overdue"), number(Risk.objects.visible_to(user).overdue(today).count()), f"{reverse('risk:risk_list')}?overdue=true"),
        ],
        _risk_charts(series),
        [column for column in indicator_columns(_histories(red)) if column.key in INDICATOR_KEYS], sorted(red, key=lambda one: one.latest.band != "red"),
        lambda one: reverse("risk:indicator_detail", args=[one.code]),
    )  # fmt: skip


def _histories(indicators: list[Indicator]) -> Any:
    from risk.models import IndicatorReading

    return IndicatorReading.objects.all().last_values(indicators, most=30)


def _risk_charts(series: Series) -> list[tuple[str, Chart]]:
    ends = series.month_ends()
    return [
        ("alerts-over-time", Chart(_("Open alerts and overdue reviews"), kind="line", x=ends, unit=_("number"), as_of=series.as_of,
            series={_("Open alerts"): series.over(ends, "alerts_open"), _("Reviews overdue"): series.over(ends, "reviews_overdue")})),
        ("bands-over-time", Chart(_("Indicators outside green"), kind="stacked", x=ends, unit=_("number"), as_of=series.as_of,
            series={_("Red"): series.over(ends, "indicators_red"), _("Amber"): series.over(ends, "indicators_amber")})),
    ]  # fmt: skip


def _revenue(user: User, series: Series) -> Goal:
    ends = series.month_ends()
    lines = list(BusinessLine.objects.visible_to(user))
    currency = settings.COMPANY_CURRENCY

    def total(name: str) -> Decimal | None:
        found = [value for line in lines if (value := series.last(name, line.code)) is not None]
        return sum(found, Decimal(0)) if found else None

    def chart(title: str, name: str, kind: str) -> Chart:
        by_line = {str(line): series.over(ends, name, line.code) for line in lines}
        return Chart(title, kind=kind, x=ends, unit=currency, as_of=series.as_of,  # type: ignore[arg-type]
                     series={label: values for label, values in by_line.items() if any(values)})  # fmt: skip

    products = reverse("products:product_list")
    return Goal(
        _("Revenue"), series.as_of,
        [
            Item(_("Volume, 30 days"), compact(total("volume_30")), products, note=currency),
            Item(_("Balances"), compact(total("assets")), products, note=currency),
            Item(_("Fee income, 30 days"), compact(total("fee_income_30")), products, note=currency),
            Item(_("Interest income, 30 days"), compact(total("interest_income_30")), products, note=currency),
        ],
        [
            ("volume-by-line", chart(_("Volume of 30 days by line"), "volume_30", "stacked")),
            ("balance-by-line", chart(_("Balances by line"), "assets", "stacked")),
            ("fees-by-line", chart(_("Fee income of 30 days by line"), "fee_income_30", "stacked")),
            ("interest-by-line", chart(_("Interest income of 30 days by line"), "interest_income_30", "stacked")),
        ],
    )  # fmt: skip
