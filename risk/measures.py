"""The measures that an indicator can read: each is one SQL file that returns one row, with what it says and where its
rows are.

A statement in `sql/measures/<code>.sql` returns `numerator`, `denominator` and `value`; where amounts are summed also
`currency` and `left_out` (rows in other currencies). Its parameters are `day` (the business date), `line` (a line's
code or NULL for all) and `jurisdiction` (of the company). No row, or a NULL value, means that there was nothing to
divide by.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FOLDER = Path(__file__).parent / "sql" / "measures"
NONPERFORMING = [("loan_class", "substandard"), ("loan_class", "doubtful"), ("loan_class", "loss")]
Query = list[tuple[str, str]]


@dataclass(frozen=True)
class Measure:
    """`definition` says what is divided by what; `rows` gives the address of the list behind the number."""

    code: str
    title: str | Promise
    definition: str | Promise
    unit: str
    by_line: bool
    rows: Callable[["Measure", date, str | None], str]

    @cached_property
    def sql(self) -> str:
        return (FOLDER / f"{self.code}.sql").read_text()

    def rows_url(self, day: date, line: str | None = None) -> str:
        return self.rows(self, day, line)


def loans(*query: tuple[str, str]) -> Callable[[Measure, date, str | None], str]:
    """Rows behind are loans of the loan book under a filter."""

    def url(measure: Measure, day: date, line: str | None) -> str:
        chosen: Query = [*query, *([("line", line)] if line else [])]
        return f"{reverse('risk:loan_list')}?{urlencode(chosen)}"

    return url


def dormant_customers(measure: Measure, day: date, line: str | None) -> str:
    return f"{reverse('customers:customer_list')}?lifecycle=dormant"


def reveals(measure: Measure, day: date, line: str | None) -> str:
    week = urlencode({"at_after": day - timedelta(days=6), "at_before": day})
    return f"{reverse('customers:reveal_list')}?{week}"


def open_requests(measure: Measure, day: date, line: str | None) -> str:
    return f"{reverse('customers:request_list')}?due_before={day - timedelta(days=1)}"


def own_rows(measure: Measure, day: date, line: str | None) -> str:
    """Rows behind stand on the measure's own page."""
    chosen: Query = [("day", day.isoformat()), *([("line", line)] if line else [])]
    return f"{reverse('risk:measure_rows', args=[measure.code])}?{urlencode(chosen)}"


_ALL = [
    Measure(
        "npl_ratio_count",
        _("NPL ratio by count"),
        _(
            "Loans classed substandard, doubtful or loss, over all loans granted by the day, repaid ones "
            "included. A loan that "
            "its source reports as ended unpaid, or as in arrears without days, is at least substandard."
        ),
        "share",
        True,
        loans(*NONPERFORMING),
    ),
    Measure(
        "npl_ratio_balance",
        _("NPL ratio by balance"),
        _(
            "Outstanding principal of loans classed substandard, doubtful or loss, over the outstanding "
            "principal of all loans "
            "not repaid, written-off ones included. Where a loan is in trouble and no payment is on record, its "
            "whole principal "
            "counts."
        ),
        "share",
        True,
        loans(("open", "true"), *NONPERFORMING),
    ),
    Measure(
        "overdue_30_plus",
        _("Overdue 30 days and more"),
        _(
            "Outstanding principal of loans 30 days past due or more, those in arrears for an unknown time "
            "included, over the "
            "outstanding principal of all loans not repaid."
        ),
        "share",
        True,
        loans(("open", "true"), ("overdue_from", "30")),
    ),
    Measure(
        "provision_coverage",
        _("Provision coverage ratio"),
        _(
            "Provisions that the class rules in force demand (specific by class, and general on all loans not "
            "repaid) over the "
            "outstanding principal of non-performing loans. What the ledger has really set aside is not known here."
        ),
        "share",
        True,
        loans(("open", "true")),
    ),
    Measure(
        "net_outflow_share",
        _("Net outflow share"),
        _(
            "Client money that left in the seven days to the day, less what came, over client money before. "
            "Client money is "
            "balances and holdings; subscriptions and redemptions move between the two and do not count."
        ),
        "share",
        False,
        own_rows,
    ),
    Measure(
        "net_redemption_share",
        _("Net redemption share"),
        _(
            "What holders of wealth and fund products redeemed on the day, less what they subscribed, over what "
            "they held "
            "before."
        ),
        "share",
        True,
        own_rows,
    ),
    Measure(
        "large_transaction_count",
        _("Large transactions"),
        _(
            "How often, in the 30 days to the day, what one customer moved in one direction on one day reached "
            "the reporting "
            "amount for individuals or for businesses. In and out count separately; interest, fees, rewards and "
            "reversals do "
            "not."
        ),
        "number",
        True,
        own_rows,
    ),
    Measure(
        "top_10_customer_share",
        _("Top-10 customer share"),
        _("Balances and holdings of the ten largest customers over those of all customers."),
        "share",
        False,
        own_rows,
    ),
    Measure(
        "dormant_share",
        _("Dormant share"),
        _("Customers whose portrait says dormant, over all customers who have joined."),
        "share",
        False,
        dormant_customers,
    ),
    Measure(
        "import_reject_rate",
        _("Import reject rate"),
        _(
            "Rows that imports of the 30 days to the day could not take, over the rows that they read. Dry runs "
            "do not count."
        ),
        "share",
        False,
        own_rows,
    ),
    Measure(
        "reveals_per_person",
        _("Reveals per person"),
        _(
            "Personal values of customers that people had shown to them in clear in the seven days to the day, over the "
            "people who had any shown to them."
        ),
        "number",
        False,
        reveals,
    ),
    Measure(
        "privacy_requests_overdue",
        _("Overdue privacy requests"),
        _("Requests of people about their own data that were open on the day and past their deadline."),
        "number",
        False,
        open_requests,
    ),
]
MEASURES: dict[str, Measure] = {measure.code: measure for measure in _ALL}


def choices() -> list[tuple[str, str]]:
    """Return what a form offers."""
    return [("", "–"), *((measure.code, str(measure.title)) for measure in _ALL)]
