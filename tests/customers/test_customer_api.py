"""Customers over REST: the same permissions, scope and masks as on the pages."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from products.models import BusinessLine
from tests.factories import UserFactory
from tests.factories.customers import (
    AccountFactory,
    HoldingFactory,
    LoanFactory,
    PersonFactory,
    PortraitFactory,
    TransactionFactory,
)
from tests.factories.products import ProductFactory

pytestmark = pytest.mark.django_db

SECRETS = ["13800138000", "11010519491231002X", "duan.zhengchun", "建国路八十八号", "6222021234567890123"]
ROLES = ["service", "service_lead", "product", "marketing", "risk", "compliance", "internal_audit", "management"]
LIST = "/api/v1/customers/"
PARTS = ["accounts/", "loans/", "transactions/"]


@pytest.fixture
def service(client):
    user = UserFactory(role="service")
    client.force_login(user)
    return user


def a_customer(**fields):
    customer = PersonFactory(region="北京", lines=["payment"], **fields)
    account = AccountFactory(customer=customer, balance="1234567890123.45")
    LoanFactory(customer=customer)
    HoldingFactory(customer=customer, card_number="6222021234567890123")
    TransactionFactory(account=account, customer=customer, amount="-10.50")
    PortraitFactory(customer=customer, balance="1234567890123.45")
    customer.refresh_from_db()
    return customer


def address(customer, part=""):
    return f"{LIST}{customer.reference}/{part}"


def test_an_administrator_reads_no_customer(client):
    customer = a_customer()
    client.force_login(UserFactory(role="administrator"))

    for place in [LIST, address(customer), *(address(customer, part) for part in PARTS)]:
        response = client.get(place)
        assert (response.status_code, response.headers["Content-Type"]) == (403, "application/problem+json")


def test_nobody_reads_without_signing_in(client):
    response = client.get(LIST)

    assert response.status_code in (401, 403)
    assert response.json()["status"] == response.status_code


def test_marketing_reads_no_transactions(client):
    customer = a_customer()
    client.force_login(UserFactory(role="marketing"))

    assert client.get(address(customer, "transactions/")).status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_nothing_personal_comes_unmasked_for_any_role(client, role):
    customer = a_customer()
    client.force_login(UserFactory(role=role))

    for place in [LIST, f"{LIST}?q=13800138000", address(customer), *(address(customer, part) for part in PARTS)]:
        shown = client.get(place).content.decode()
        assert [secret for secret in SECRETS if secret in shown] == []


@pytest.mark.parametrize(("role", "name"), [("service", "段正淳"), ("marketing", "段**")])
def test_names_are_masked_as_on_the_pages(client, role, name):
    a_customer()
    client.force_login(UserFactory(role=role))

    assert client.get(LIST).json()["results"][0]["name"] == name


@pytest.mark.parametrize("scope", [{"regions": ["上海"]}, {"business_lines": ["fund"]}])
def test_a_customer_out_of_scope_is_not_there(client, scope):
    customer = a_customer()
    client.force_login(UserFactory(role="service", **scope))

    assert client.get(LIST).json()["results"] == []
    for place in [address(customer), *(address(customer, part) for part in PARTS)]:
        response = client.get(place)
        assert (response.status_code, response.json()["title"]) == (404, "Not found")


def test_accounts_of_lines_out_of_scope_are_left_out(client):
    customer = a_customer()
    AccountFactory(
        customer=customer, product=ProductFactory(line=BusinessLine.objects.get(code="fund")), number="FUND-1"
    )
    client.force_login(UserFactory(role="service", business_lines=["payment"]))

    assert "FUND-1" not in client.get(address(customer, "accounts/")).content.decode()


def test_money_is_text_and_exact(client, service):
    customer = a_customer()

    assert client.get(address(customer)).json()["portrait"]["balance"] == "1234567890123.45"
    assert client.get(address(customer, "accounts/")).json()["results"][0]["balance"] == "1234567890123.45"
    row = client.get(address(customer, "transactions/")).json()["results"][0]
    assert row["amount"] == "-10.50"
    assert isinstance(row["id"], str)


def test_reading_one_customer_is_in_the_log_and_reading_the_list_is_not(client, service):
    customer = a_customer()
    client.get(LIST)
    assert not Event.objects.filter(kind="read").exists()

    client.get(address(customer))

    assert Event.objects.get(kind="read").pk_text == str(customer.pk)


def test_transactions_come_newest_first_in_pages_without_gap_or_repeat(client, service):
    customer = a_customer()
    for number in range(24):
        TransactionFactory(account=customer.accounts.get(), customer=customer, booked_on=date(2024, 1, 1 + number % 5))

    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(
            address(customer, "transactions/"), {"size": 7, **({"cursor": cursor} if cursor else {})}
        ).json()
        seen += [(row["booked_on"], int(row["id"])) for row in page["results"]]
        cursor = page["next"]

    assert len(seen) == 25
    assert seen == sorted(set(seen), reverse=True)


def test_transactions_take_the_filters_of_the_page(client, service):
    customer = a_customer()

    assert client.get(address(customer, "transactions/"), {"kind": "fee"}).json()["results"] == []
    assert len(client.get(address(customer, "transactions/"), {"booked_after": "2024-03-01"}).json()["results"]) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"size": "0"},
        {"size": "201"},
        {"size": "-1"},
        {"size": "many"},
        {"size": "1e2"},
        {"size": "²"},
        {"cursor": "nonsense"},
        {"q": "a\0b"},
        {"joined_after": "never"},
        {"risk": "none"},
    ],
)
def test_what_cannot_be_read_is_answered_with_problem_details(client, service, query):
    response = client.get(LIST, query)

    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/problem+json")
    assert {"type", "title", "status", "detail", "errors"} <= set(response.json())


@pytest.mark.parametrize("size", [1, 200])
def test_the_bounds_of_size_are_taken(client, service, size):
    assert client.get(LIST, {"size": size}).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_over_these_routes(client, service, method):
    assert getattr(client, method)(address(a_customer())).status_code in (403, 405)


@pytest.mark.parametrize("part", ["", "accounts/", "loans/", "transactions/"])
def test_a_page_costs_the_same_queries_for_one_row_and_for_three(client, service, part):
    def cost(place):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(place).status_code == 200
        return len(captured)

    customer = a_customer()
    place = address(customer, part) if part else LIST
    cost(place)
    one = cost(place)
    for _ in range(2):
        a_customer()
        account = AccountFactory(customer=customer)
        LoanFactory(customer=customer)
        TransactionFactory(account=account, customer=customer)

    assert cost(place) == one
