"""One line through everything that happened with a customer, and the two charts beside it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from customers.models import Interaction
from customers.services.flows import monthly_balance, monthly_flow
from customers.services.timeline import timeline_of
from products.models import BusinessLine
from tests.factories import UserFactory
from tests.factories.customers import AccountFactory, CustomerFactory, HoldingFactory, LoanFactory, TransactionFactory
from tests.factories.products import ProductFactory

pytestmark = pytest.mark.django_db

SPAN = {"since": date(2024, 1, 10), "until": date(2024, 4, 20)}


@pytest.fixture
def reader():
    return UserFactory(role="service")


def test_everything_stands_in_one_line_newest_first(reader):
    customer = CustomerFactory(joined_on=date(2024, 1, 1))
    AccountFactory(customer=customer, opened_on=date(2024, 1, 2), closed_on=date(2024, 5, 1))
    HoldingFactory(customer=customer, opened_on=date(2024, 2, 1))
    LoanFactory(customer=customer, disbursed_on=date(2024, 3, 1))
    Interaction.objects.create(customer=customer, kind="call", at=datetime(2024, 3, 2, 9, tzinfo=UTC), title="Asked")

    titles = [str(moment.title) for moment in timeline_of(customer, reader=reader)]

    assert titles == [
        "Account closed",
        "Call: Asked",
        "Loan disbursed",
        "Product taken up",
        "Account opened",
        "Became a customer",
    ]
    assert [str(moment.title) for moment in timeline_of(customer, reader=reader, kind="contact")] == ["Call: Asked"]
    assert len(timeline_of(customer, reader=reader, kind="business")) == 5


def test_a_note_is_marked_as_internal_and_a_complaint_is_red(reader):
    customer = CustomerFactory()
    for kind in ("note", "complaint"):
        Interaction.objects.create(customer=customer, kind=kind, at=datetime(2024, 3, 2, tzinfo=UTC), title="x")

    by_title = {moment.title: moment for moment in timeline_of(customer, reader=reader, kind="contact")}

    assert by_title["Internal note: x"].internal
    assert by_title["Complaint: x"].tone == "red"


def test_a_reader_of_one_line_sees_nothing_of_the_others():
    customer = CustomerFactory(joined_on=date(2024, 1, 1))
    LoanFactory(customer=customer, product=ProductFactory(line=BusinessLine.objects.get(code="p2p")))
    reader = UserFactory(role="service", business_lines=["fund"])

    assert [str(moment.title) for moment in timeline_of(customer, reader=reader)] == ["Became a customer"]


def test_the_line_ends_at_its_limit(reader):
    customer = CustomerFactory()
    for day in range(1, 6):
        LoanFactory(customer=customer, disbursed_on=date(2025, 1, day))

    assert [moment.day.day for moment in timeline_of(customer, reader=reader, limit=2)] == [5, 4]


def test_an_account_that_did_not_move_keeps_its_balance_in_the_chart():
    customer = CustomerFactory()
    first, second = AccountFactory(customer=customer), AccountFactory(customer=customer)
    TransactionFactory(account=first, booked_on=date(2023, 6, 1), balance_after=100)
    TransactionFactory(account=second, booked_on=date(2024, 2, 5), balance_after=7)
    TransactionFactory(account=second, booked_on=date(2024, 2, 5), balance_after=5)
    TransactionFactory(account=first, booked_on=date(2024, 4, 2), balance_after=1)

    chart = monthly_balance(customer, **SPAN)

    assert list(chart.x) == ["2024-01", "2024-02", "2024-03", "2024-04"]
    assert next(iter(chart.series.values())) == [Decimal(100), Decimal(105), Decimal(105), Decimal(6)]


@pytest.mark.parametrize("line", ["payment", "fund"])
def test_the_flow_holds_every_line_rolled_up_or_not(line):
    account = AccountFactory(product=ProductFactory(line=BusinessLine.objects.get(code=line)))
    if line == "payment":
        from customers.services.activity import rebuild_activity
    TransactionFactory(account=account, booked_on=date(2024, 1, 5), amount=30)
    TransactionFactory(account=account, booked_on=date(2024, 3, 5), amount=-10)
    TransactionFactory(account=account, booked_on=date(2024, 3, 6), amount=4, currency="USD")
    if line == "payment":
        rebuild_activity()

    chart = monthly_flow(account.customer, **SPAN)

    assert list(chart.x) == ["2024-01", "2024-02", "2024-03", "2024-04"]
    came, went = chart.series.values()
    assert (came, went) == ([30, 0, 0, 0], [0, 0, 10, 0])


def test_charts_hold_only_the_lines_of_the_reader():
    account = AccountFactory(product=ProductFactory(line=BusinessLine.objects.get(code="fund")))
    TransactionFactory(account=account, booked_on=date(2024, 2, 5), balance_after=7)

    assert monthly_balance(account.customer, **SPAN, lines=["p2p"]).is_empty
    assert monthly_flow(account.customer, **SPAN, lines=["p2p"]).is_empty
    assert not monthly_balance(account.customer, **SPAN, lines=["fund"]).is_empty
