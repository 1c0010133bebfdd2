"""What a customer has and owes over the six lines, and what falls due: exact, by currency, within the reader's scope."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import Instalment, Portrait
from customers.services.exposure import AHEAD, MOST, exposure_of, totals, upcoming_of
from customers.services.portraits import draw_portraits
from products.models import BusinessLine
from tests.factories import UserFactory
from tests.factories.customers import AccountFactory, HoldingFactory, LoanFactory, PersonFactory
from tests.factories.products import ProductFactory

pytestmark = pytest.mark.django_db
DAY = date(2024, 6, 30)


def product(line):
    return ProductFactory(line=BusinessLine.objects.get(code=line))


@pytest.fixture
def customer():
    customer = PersonFactory(lines=["payment", "fund", "insurance", "p2p", "supply_chain", "wealth"])
    customer.refresh_from_db()
    return customer


@pytest.fixture
def reader():
    return UserFactory(role="service")


def test_each_line_says_what_stands_is_held_insured_and_owed_in_order_of_the_lines(customer, reader):
    AccountFactory(customer=customer, product=product("payment"), balance=Decimal("100.05"))
    HoldingFactory(customer=customer, product=product("fund"), value=Decimal("20.10"))
    HoldingFactory(customer=customer, product=product("insurance"), value=0, terms={"sum_insured": "500000"})
    LoanFactory(customer=customer, product=product("supply_chain"), principal=9000, outstanding=Decimal("4000.01"))

    found = exposure_of(customer, reader=reader, day=DAY)

    assert {(one.line, one.balance, one.held, one.insured, one.owed) for one in found} == {
        ("payment", Decimal("100.05"), 0, 0, 0),
        ("fund", 0, Decimal("20.10"), 0, 0),
        ("insurance", 0, 0, 500_000, 0),
        ("supply_chain", 0, 0, 0, Decimal("4000.01")),
    }
    order = list(BusinessLine.objects.order_by("position").values_list("code", flat=True))
    assert [one.line for one in found] == sorted((one.line for one in found), key=order.index)


def test_amounts_of_different_currencies_are_never_added_up(customer, reader):
    AccountFactory(customer=customer, product=product("payment"), balance=5, currency="CNY")
    AccountFactory(customer=customer, product=product("payment"), balance=7, currency="USD")
    HoldingFactory(customer=customer, product=product("fund"), value=3, currency="USD")

    found = totals(exposure_of(customer, reader=reader, day=DAY))

    assert [(one.currency, one.balance, one.held) for one in found] == [("CNY", 5, 0), ("USD", 7, 3)]


def test_closed_accounts_products_that_ended_and_repaid_loans_are_no_exposure(customer, reader):
    AccountFactory(customer=customer, balance=5, status="closed")
    HoldingFactory(customer=customer, value=5, status="matured")
    LoanFactory(customer=customer, reported_state="repaid", reported_on=DAY)

    assert exposure_of(customer, reader=reader, day=DAY) == []


@pytest.mark.parametrize("written", ["a lot", "", "-5", "1e9", "9" * 400])
def test_a_sum_insured_that_is_no_amount_counts_as_nothing(customer, reader, written):
    HoldingFactory(customer=customer, product=product("insurance"), value=1, terms={"sum_insured": written})

    assert [one.insured for one in exposure_of(customer, reader=reader, day=DAY)] == [0]


@pytest.mark.parametrize("state", ["running", "arrears", "unpaid", "written_off"])
@pytest.mark.parametrize("outstanding", [None, 700])
@pytest.mark.parametrize("paid_on", [None, date(2024, 3, 1), "none"])
def test_what_is_owed_is_what_the_portrait_of_the_night_says(customer, reader, state, outstanding, paid_on):
    loan = LoanFactory(
        customer=customer, product=product("p2p"), principal=1200, periods=12, disbursed_on=date(2024, 1, 31),
        reported_state=state, reported_on=date(2024, 2, 29), outstanding=outstanding,
    )  # fmt: skip
    if paid_on != "none":
        Instalment.objects.create(loan=loan, number=1, due_on=date(2024, 2, 29), principal=100, paid_on=paid_on)
    draw_portraits(business_date=DAY)

    owed = sum(one.owed for one in exposure_of(customer, reader=reader, day=DAY))

    assert owed == Portrait.objects.get(customer=customer).loans_outstanding


def test_a_reader_of_one_line_learns_nothing_of_the_others(customer):
    AccountFactory(customer=customer, product=product("payment"), balance=5)
    LoanFactory(customer=customer, product=product("p2p"), matures_on=DAY)
    reader = UserFactory(role="service", business_lines=["payment"])

    assert [one.line for one in exposure_of(customer, reader=reader, day=DAY)] == ["payment"]
    assert upcoming_of(customer, reader=reader, day=DAY) == ([], False)


def test_the_next_90_days_hold_their_first_and_last_day_and_no_other(customer, reader):
    for day in (DAY - timedelta(days=1), DAY, DAY + AHEAD, DAY + AHEAD + timedelta(days=1)):
        HoldingFactory(customer=customer, product=product("wealth"), matures_on=day)

    found, is_more = upcoming_of(customer, reader=reader, day=DAY)

    assert [one.day for one in found] == [DAY, DAY + AHEAD]
    assert not is_more


def test_a_paid_instalment_is_not_awaited_and_a_part_paid_one_for_the_rest(customer, reader):
    loan = LoanFactory(customer=customer, product=product("p2p"), matures_on=None)
    Instalment.objects.create(loan=loan, number=1, due_on=DAY, principal=100, paid=100, paid_on=DAY)
    Instalment.objects.create(loan=loan, number=2, due_on=DAY, principal=100, interest=5, fee=1, paid=30)

    found, _is_more = upcoming_of(customer, reader=reader, day=DAY)

    assert [(one.kind, one.amount) for one in found] == [("instalment", 76)]


def test_a_customer_with_very_many_dates_is_shown_the_first_and_told_of_more(customer, reader):
    held = product("wealth")
    for _number in range(MOST + 1):
        HoldingFactory(customer=customer, product=held, matures_on=DAY)

    found, is_more = upcoming_of(customer, reader=reader, day=DAY)

    assert (len(found), is_more) == (MOST, True)


def test_the_page_shows_both_and_each_number_opens_its_rows(client, customer):
    today = timezone.localdate()
    fund = product("fund")
    HoldingFactory(customer=customer, product=fund, value=Decimal("1234.50"), matures_on=today)
    AccountFactory(customer=customer, product=product("payment"), number="ELSEWHERE")
    client.force_login(UserFactory(role="service"))

    shown = client.get(f"/customers/{customer.reference}/").content.decode()
    rows = client.get(f"/customers/{customer.reference}/accounts/?line=fund").content.decode()

    assert f'<a href="/customers/{customer.reference}/accounts/?line=fund#holdings">1,234.50</a>' in shown
    assert 'id="panel-upcoming"' in shown
    assert fund.name in rows
    assert "ELSEWHERE" not in rows


def test_a_line_that_is_not_one_narrows_nothing(client, customer):
    AccountFactory(customer=customer, number="MINE")
    client.force_login(UserFactory(role="service"))

    assert "MINE" in client.get(f"/customers/{customer.reference}/accounts/?line=%27;--").content.decode()
