"""The figures that the nightly run notes for each business date, by name."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class FigureUnit(StrEnum):
    NUMBER = "number"
    SHARE = "share"
    AMOUNT = "amount"


@dataclass(frozen=True)
class FigureKind:
    """What a figure says. `by_line`: noted for each line as well; an amount is noted for each currency. `over` is how
    days add up:
    `sum` for what happens in a day, `last` for what stands at its end."""

    name: str
    label: str | Promise
    unit: FigureUnit
    by_line: bool = True
    over: str = "last"


FIGURES = {
    kind.name: kind
    for kind in [
        FigureKind("customers_total", _("Customers"), FigureUnit.NUMBER),
        FigureKind("customers_new", _("New customers"), FigureUnit.NUMBER, over="sum"),
        FigureKind("active_day", _("Active on the day"), FigureUnit.NUMBER),
        FigureKind("active_30", _("Active in 30 days"), FigureUnit.NUMBER),
        FigureKind("retained_30", _("Retained: active in the 30 days before and again in these"), FigureUnit.SHARE),
        FigureKind("dormant", _("Dormant: no movement in 90 days"), FigureUnit.NUMBER, by_line=False),
        FigureKind("customers_new_30", _("New in 30 days"), FigureUnit.NUMBER),
        FigureKind("alerts_open", _("Open alerts"), FigureUnit.NUMBER, by_line=False),
        FigureKind("reviews_overdue", _("Reviews overdue"), FigureUnit.NUMBER, by_line=False),
        FigureKind("indicators_red", _("Indicators in red"), FigureUnit.NUMBER, by_line=False),
        FigureKind("indicators_amber", _("Indicators in amber"), FigureUnit.NUMBER, by_line=False),
        FigureKind("volume", _("Volume"), FigureUnit.AMOUNT, over="sum"),
        FigureKind("net_inflow", _("Net inflow"), FigureUnit.AMOUNT, over="sum"),
        FigureKind("balances", _("Balances"), FigureUnit.AMOUNT),
        FigureKind("holdings", _("Holdings"), FigureUnit.AMOUNT),
        FigureKind("loans_outstanding", _("Loans outstanding"), FigureUnit.AMOUNT),
        FigureKind("overdue", _("Overdue"), FigureUnit.AMOUNT),
        FigureKind("fee_income", _("Fee income"), FigureUnit.AMOUNT, over="sum"),
        FigureKind("interest_income", _("Interest income"), FigureUnit.AMOUNT, over="sum"),
        FigureKind("interest_paid", _("Interest paid to customers"), FigureUnit.AMOUNT, over="sum"),
        FigureKind("volume_30", _("Volume, 30 days"), FigureUnit.AMOUNT),
        FigureKind("net_inflow_30", _("Net inflow, 30 days"), FigureUnit.AMOUNT),
        FigureKind("fee_income_30", _("Fee income, 30 days"), FigureUnit.AMOUNT),
        FigureKind("interest_income_30", _("Interest income, 30 days"), FigureUnit.AMOUNT),
        FigureKind("interest_paid_30", _("Interest paid to customers, 30 days"), FigureUnit.AMOUNT),
    ]
}
