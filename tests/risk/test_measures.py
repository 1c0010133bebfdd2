"""Every measure against the same number worked out in Python, row by row, over a small company made by hand."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.partitions import ensure_months
from customers.models import (
    Customer,
    Holding,
    ImportFile,
    ImportRun,
    Loan,
    Portrait,
    PrivacyRequest,
    PrivacyRule,
    Reveal,
    Source,
    Transaction,
)
from products.models import BusinessLine
from risk.measures import FOLDER, MEASURES
from risk.models import Indicator, LoanGrade, Parameter
from risk.services.readings import measure, read_indicators
from tests.factories.customers import CustomerFactory
from tests.factories.products import ProductFactory
from tests.factories.risk import BorrowerFactory, GradeFactory, IndicatorFactory, LoanFactory
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 30)
BAD = {"substandard", "doubtful", "loss"}


def line(code):
    return BusinessLine.objects.get(code=code)


@pytest.fixture
def loan_book():
    """Eleven loans in two lines and two currencies: sound, late, bad, written off, repaid, of unknown days, not yet
    granted."""
    p2p, chain = ProductFactory(line=line("p2p")), ProductFactory(line=line("supply_chain"))
    rows = [
        (p2p, "CNY", "pass", 0, True, True, 1000),
        (p2p, "CNY", "special_mention", 29, True, True, 500),
        (p2p, "CNY", "special_mention", 30, True, True, 250),
        (p2p, "CNY", "substandard", 120, True, True, 700),
        (p2p, "CNY", "substandard", 0, False, True, 900),
        (p2p, "CNY", "loss", 400, True, True, 333),
        (p2p, "CNY", "pass", 0, True, False, 0),
        (chain, "CNY", "doubtful", 200, True, True, 5000),
        (chain, "CNY", "pass", 0, True, True, 20000),
        (chain, "USD", "loss", 500, True, True, 99999),
    ]
    for product, currency, loan_class, days, known, is_open, left in rows:
        GradeFactory(
            loan=LoanFactory(product=product, currency=currency, principal=200_000),
            loan_class=loan_class,
            days_past_due=days,
            days_known=known,
            is_open=is_open,
            outstanding=left,
        )
    GradeFactory(
        loan=LoanFactory(product=p2p, disbursed_on=DAY + timedelta(days=1)), loan_class="loss", outstanding=777
    )


def graded(only=None, currency="CNY"):
    rows = LoanGrade.objects.select_related("loan__product").filter(loan__disbursed_on__lte=DAY)
    return [row for row in rows if only in (None, row.loan.product.line_id) and currency in (None, row.loan.currency)]


def share(part, whole):
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.000001"))


@pytest.mark.parametrize("only", [None, "p2p", "supply_chain"])
def test_npl_by_count_is_over_all_loans_granted(loan_book, only):
    rows = graded(only, currency=None)
    bad = [row for row in rows if row.loan_class in BAD]

    found = measure("npl_ratio_count", day=DAY, line=only)

    assert (found.numerator, found.denominator, found.value) == (len(bad), len(rows), share(len(bad), len(rows)))


@pytest.mark.parametrize("only", [None, "p2p"])
def test_npl_by_balance_is_over_loans_not_repaid_in_the_main_currency(loan_book, only):
    rows = [row for row in graded(only) if row.is_open]
    bad = sum(row.outstanding for row in rows if row.loan_class in BAD)
    whole = sum(row.outstanding for row in rows)

    found = measure("npl_ratio_balance", day=DAY, line=only)

    assert (found.numerator, found.denominator, found.value) == (bad, whole, share(bad, whole))
    assert (found.currency, found.left_out) == ("CNY", 0 if only else 1)


def test_overdue_30_plus_counts_the_thirtieth_day_and_arrears_of_unknown_length(loan_book):
    rows = [row for row in graded() if row.is_open]
    late = sum(row.outstanding for row in rows if row.days_past_due >= 30 or not row.days_known)

    assert measure("overdue_30_plus", day=DAY).value == share(late, sum(row.outstanding for row in rows))


def test_provision_coverage_sums_specific_and_general_provisions(loan_book):
    rates = {"pass": "0", "special_mention": "0.02", "substandard": "0.25", "doubtful": "0.5", "loss": "1"}
    rows = [row for row in graded() if row.is_open]
    needed = sum(row.outstanding * (Decimal(rates[row.loan_class]) + Decimal("0.01")) for row in rows)
    bad = sum(row.outstanding for row in rows if row.loan_class in BAD)

    found = measure("provision_coverage", day=DAY)

    assert (found.numerator, found.denominator) == (needed.quantize(Decimal("0.01")), bad)
    assert found.value == share(found.numerator, bad)


def test_coverage_of_no_bad_loan_has_no_value():
    GradeFactory(loan_class="pass")

    assert measure("provision_coverage", day=DAY).value is None


@pytest.mark.parametrize("code", ["npl_ratio_count", "npl_ratio_balance", "overdue_30_plus", "provision_coverage"])
def test_an_empty_book_has_no_ratio(code):
    assert measure(code, day=DAY).value is None


@pytest.fixture
def money():
    """Customers with portraits, and what they moved; two currencies, both kinds of customer."""
    ensure_months("customers_transaction", DAY - timedelta(days=60), DAY + timedelta(days=5))
    fund = ProductFactory(line=line("fund"))
    people = [
        BorrowerFactory(kind="business" if n == 3 else "individual", joined_on=DAY - timedelta(days=90 - n))
        for n in range(14)
    ]
    for n, person in enumerate(people):
        Portrait.objects.create(
            customer=person,
            as_of=DAY,
            currency="USD" if n == 13 else "CNY",
            balance=Decimal(n * 1000),
            holdings_value=Decimal(n * n),
            lifecycle="dormant" if n % 4 == 0 else "active",
        )
    moves = [
        (0, 0, "deposit", 499_999, "CNY"),
        (0, 0, "deposit", 1, "CNY"),
        (1, 0, "transfer", -500_000, "CNY"),
        (1, 1, "deposit", 499_999, "CNY"),
        (2, 29, "deposit", 600_000, "CNY"),
        (2, 30, "deposit", 700_000, "CNY"),
        (3, 2, "payment", -1_999_999, "CNY"),
        (3, 3, "payment", -2_000_000, "CNY"),
        (4, 4, "interest", 900_000, "CNY"),
        (5, 5, "deposit", 100_000, "USD"),
        (6, 6, "deposit", 500_000, "CNY"),
        (6, 6, "withdrawal", -500_000, "CNY"),
        (7, 7, "withdrawal", -300, "CNY"),
        (8, 0, "redemption", 700, "CNY"),
        (8, 0, "purchase", -200, "CNY"),
        (9, 1, "redemption", 5000, "CNY"),
        (9, -1, "withdrawal", -4_000_000, "CNY"),
    ]
    source = Source.objects.get_or_create(code="platform", defaults={"name": "Platform"})[0]
    Transaction.objects.bulk_create(
        Transaction(
            customer=people[who],
            booked_on=DAY - timedelta(days=ago),
            kind=kind,
            amount=amount,
            currency=currency,
            source=source,
            external_id=f"T{n}",
            product=fund if kind in ("redemption", "purchase") else None,
        )
        for n, (who, ago, kind, amount, currency) in enumerate(moves)
    )
    Holding.objects.create(
        customer=people[8], product=fund, currency="CNY", value=9500, opened_on=DAY - timedelta(days=20)
    )
    Holding.objects.create(
        customer=people[8], product=fund, currency="CNY", value=50, opened_on=DAY + timedelta(days=1)
    )
    Holding.objects.create(customer=people[8], product=fund, currency="CNY", value=70, opened_on=DAY, status="closed")
    return people


def moved(days):
    rows = Transaction.objects.select_related("customer")
    return [row for row in rows if DAY - timedelta(days=days) < row.booked_on <= DAY]


def test_large_transactions_sum_a_customers_day_and_count_in_and_out_apart(money):
    bounds = {
        ("individual", "CNY"): 500_000,
        ("individual", "USD"): 100_000,
        ("business", "CNY"): 2_000_000,
        ("business", "USD"): 200_000,
    }
    sums = defaultdict(Decimal)
    for row in moved(30):
        if row.kind not in ("interest", "fee", "reward", "reversal"):
            sums[row.customer, row.booked_on, row.currency, row.amount > 0] += abs(row.amount)
    large = [key for key, amount in sums.items() if amount >= bounds[key[0].kind, key[2]]]

    assert measure("large_transaction_count", day=DAY).value == len(large) == 7


def test_large_transactions_before_any_amount_was_in_force_have_no_value():
    assert measure("large_transaction_count", day=date(2000, 1, 1)).value is None


def test_the_reporting_amount_is_data_not_code(money):
    Parameter.objects.filter(code="large_transaction_individual", currency="CNY").update(value=700_000)

    assert measure("large_transaction_count", day=DAY).value == 2  # the business and the dollars alone


def test_net_outflow_leaves_out_what_moves_between_balance_and_holdings(money):
    out = -sum(row.amount for row in moved(7) if row.currency == "CNY" and row.kind not in ("purchase", "redemption"))
    kept = sum(row.balance + row.holdings_value for row in Portrait.objects.filter(currency="CNY"))

    found = measure("net_outflow_share", day=DAY)

    assert (found.numerator, found.denominator, found.currency, found.left_out) == (out, kept + out, "CNY", 1)
    assert found.value == share(out, kept + out)


def test_net_redemption_is_of_the_day_over_what_was_held_before(money):
    found = measure("net_redemption_share", day=DAY)

    assert (found.numerator, found.denominator, found.value) == (500, 10_000, Decimal("0.05"))


def test_the_top_ten_are_counted_by_balance_and_holdings(money):
    sizes = sorted((row.balance + row.holdings_value for row in Portrait.objects.filter(currency="CNY")), reverse=True)

    found = measure("top_10_customer_share", day=DAY)

    assert (found.value, found.left_out) == (share(sum(sizes[:10]), sum(sizes)), 1)


def test_the_dormant_are_over_everybody_who_had_joined(money):
    Customer.objects.filter(pk=money[1].pk).update(joined_on=DAY + timedelta(days=1))
    rows = [row for row in Portrait.objects.select_related("customer") if row.customer.joined_on <= DAY]

    assert measure("dormant_share", day=DAY).value == share(sum(row.lifecycle == "dormant" for row in rows), len(rows))


def test_the_reject_rate_is_of_imports_in_thirty_days_without_dry_runs():
    for ago, dry, read, rejected in ((0, False, 1000, 3), (29, False, 500, 6), (30, False, 10, 10), (1, True, 10, 10)):
        run = ImportRun.objects.create(
            mapping="m",
            dry_run=dry,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
            started_at=datetime(2026, 6, 30, 12, tzinfo=UTC) - timedelta(days=ago),
        )
        ImportFile.objects.create(
            run=run, position=1, target="transactions", name="f", rows_read=read, rows_rejected=rejected
        )

    assert measure("import_reject_rate", day=DAY).value == share(9, 1500)


# Registry and the rows behind


def test_every_sql_file_is_a_measure_and_every_measure_has_its_file():
    assert {path.stem for path in FOLDER.glob("*.sql")} == set(MEASURES)


def test_every_seeded_indicator_reads_a_measure_in_its_unit():
    for indicator in Indicator.objects.filter(source="measure"):
        assert MEASURES[indicator.measure].unit == indicator.unit


@pytest.mark.parametrize("code", sorted(MEASURES))
def test_every_number_opens_its_rows(client, loan_book, money, code):
    client.force_login(UserFactory(role="risk"))

    assert client.get(MEASURES[code].rows_url(DAY)).status_code == 200


def test_the_rows_behind_npl_by_count_are_as_many_as_it_counts(client, loan_book):
    client.force_login(UserFactory(role="risk"))

    page = client.get(MEASURES["npl_ratio_count"].rows_url(DAY)).content

    bad_and_later = measure("npl_ratio_count", day=DAY).numerator + 1  # the book also holds the loan of the day after
    assert page.count(b"<tr data-href") == bad_and_later
    assert Loan.objects.count() > bad_and_later


def test_the_rows_behind_large_transactions_are_the_days_that_count(client, money):
    client.force_login(UserFactory(role="risk"))

    page = client.get(MEASURES["large_transaction_count"].rows_url(DAY)).content.decode()

    assert page.count(f"{money[6].reference}</a>") == 1  # in and out on one day: one row, counted twice
    assert f"{money[4].reference}</a>" not in page


def test_the_rows_behind_stop_at_the_readers_regions(client, money):
    client.force_login(UserFactory(role="risk", regions=["Guangdong"]))

    assert money[0].reference not in client.get(MEASURES["large_transaction_count"].rows_url(DAY)).content.decode()


def test_a_measure_without_rows_of_its_own_is_not_found(client):
    client.force_login(UserFactory(role="risk"))

    assert client.get(reverse("risk:measure_rows", args=["npl_ratio_count"])).status_code == 404


def test_an_indicator_of_one_line_reads_its_line_alone(loan_book):
    indicator = IndicatorFactory(source="measure", measure="npl_ratio_count", line=line("supply_chain"))

    read_indicators(business_date=DAY, run_id=1)

    indicator.refresh_from_db()
    assert indicator.latest.denominator == 3


def test_reveals_count_seven_days_and_only_who_was_shown_something():
    clerks = [UserFactory(role="service") for _each in range(3)]
    for clerk, ago, times in ((0, 0, 3), (1, 6, 1), (1, 7, 9), (2, 8, 5)):
        for _each in range(times):
            at = noon(ago)
            Reveal.objects.create(
                customer=CustomerFactory(), field="phone", by=clerks[clerk], reason_kind="call", at=at,
                expires_at=at + timedelta(seconds=30),
            )  # fmt: skip

    found = measure("reveals_per_person", day=DAY)

    assert (found.numerator, found.denominator, found.value) == (4, 2, 2)


def test_no_reveal_is_no_number():
    assert measure("reveals_per_person", day=DAY).value is None


def test_a_privacy_request_is_overdue_after_its_last_day_until_it_is_answered():
    rule = PrivacyRule.objects.the_one("request_deadline", "CN", DAY)
    for due, state, answered in (
        (DAY, "working", None),
        (DAY - timedelta(days=1), "received", None),
        (DAY - timedelta(days=1), "withdrawn", None),
        (DAY - timedelta(days=1), "answered", noon(0)),
        (DAY - timedelta(days=1), "answered", noon(-1)),
    ):
        PrivacyRequest.objects.create(
            customer=CustomerFactory(), kind="access", received_on=DAY - timedelta(days=40), due_on=due, state=state,
            rule=rule, recorded_at=noon(40), answered_at=answered, outcome="fulfilled" if answered else "",
            identity_check="" if state == "received" else "document",
        )  # fmt: skip

    found = measure("privacy_requests_overdue", day=DAY)

    assert (found.numerator, found.denominator, found.value) == (2, 3, 2)


def noon(days_ago):
    return timezone.make_aware(datetime.combine(DAY - timedelta(days=days_ago), time(12)))
