"""A customer's pages: who may open them, which rows they show, what they cost, and that nothing personal leaks."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from customers.models import AccountHolder, Customer, Instalment, Interaction, PortraitRound, StandingOrder
from products.models import BusinessLine
from tests.factories import UserFactory
from tests.factories.customers import (
    AccountFactory,
    CustomerFactory,
    HoldingFactory,
    LoanFactory,
    PersonFactory,
    PortraitFactory,
    TransactionFactory,
)
from tests.factories.products import ProductFactory

pytestmark = pytest.mark.django_db

PARTS = ["", "accounts/", "transactions/", "contact/"]
SECRETS = ["13800138000", "0013800", "11010519491231002X", "duan.zhengchun", "建国路八十八号", "6222021234567890123"]
ROLES = ["service", "service_lead", "product", "marketing", "risk", "compliance", "internal_audit", "management"]


@pytest.fixture
def service(client):
    user = UserFactory(role="service")
    client.force_login(user)
    return user


def whole_customer(**fields):
    """A customer with one of everything."""
    product = ProductFactory(line=BusinessLine.objects.get(code="p2p"))
    customer = PersonFactory(lines=["p2p"], region="北京", city="北京", **fields)
    account = AccountFactory(customer=customer, product=product)
    loan = LoanFactory(customer=customer, product=product, account=account)
    Instalment.objects.create(loan=loan, number=1, due_on=date(2024, 2, 15), principal=1000, interest=120)
    HoldingFactory(customer=customer, product=product, account=account, card_number="6222021234567890123")
    AccountHolder.objects.create(account=account, customer=customer, role="owner")
    StandingOrder.objects.create(account=account, amount=3, currency="CNY", payee_bank="QR", payee_account="87144583")
    Interaction.objects.create(customer=customer, kind="call", at=timezone.now(), title="Asked about a limit")
    PortraitFactory(customer=customer)
    TransactionFactory(account=account, customer=customer)
    customer.refresh_from_db()
    return customer


def url(customer, part=""):
    return f"/customers/{customer.reference}/{part}"


def addresses(customer):
    account, loan = customer.accounts.get(), customer.loans.get()
    return [
        "/customers/",
        *(url(customer, part) for part in PARTS),
        url(customer, f"accounts/{account.pk}/"),
        url(customer, f"loans/{loan.pk}/"),
    ]


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


# Who may


@pytest.mark.parametrize("place", range(7))
def test_an_administrator_opens_no_page_of_a_customer(client, place):
    address = addresses(whole_customer())[place]
    client.force_login(UserFactory(role="administrator"))

    assert client.get(address).status_code == 403


@pytest.mark.parametrize("part", ["transactions/", "contact/"])
def test_marketing_sees_neither_transactions_nor_the_contact_form(client, part):
    customer = whole_customer()
    client.force_login(UserFactory(role="marketing"))

    assert client.get(url(customer, part)).status_code == 403
    assert "Transactions" not in client.get(url(customer)).content.decode()


def test_customer_service_may_not_export(client, service):
    assert client.post("/customers/export/", {"query": ""}).status_code == 403
    assert "/customers/export/" not in client.get("/customers/").content.decode()


def test_nobody_opens_a_page_without_signing_in(client):
    customer = whole_customer()

    assert all("/accounts/login/" in client.get(address)["Location"] for address in addresses(customer))


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_every_page_opens_in_every_language(client, language):
    customer = whole_customer()
    client.force_login(UserFactory(role="service", language=language))

    for address in addresses(customer):
        response = client.get(address)
        assert (response.status_code, response.headers["Content-Language"]) == (200, language)


# Which rows


@pytest.mark.parametrize("scope", [{"regions": ["上海"]}, {"business_lines": ["fund"]}])
def test_a_customer_outside_the_readers_scope_is_not_there_on_any_page(client, scope):
    customer = whole_customer()
    client.force_login(UserFactory(role="service", **scope))

    assert customer.reference not in client.get("/customers/").content.decode()
    assert customer.reference not in client.get("/customers/?q=13800138000").content.decode()
    assert [client.get(address).status_code for address in addresses(customer)[1:]] == [404] * 6
    assert customer.reference not in client.get("/palette/", {"q": customer.reference}).content.decode().replace(
        f'value="{customer.reference}"', ""
    )


def test_accounts_of_another_line_are_not_shown_within_a_customer_of_ones_own(client):
    customer = whole_customer()
    other = AccountFactory(
        customer=customer, product=ProductFactory(line=BusinessLine.objects.get(code="fund")), number="FUND-1"
    )
    client.force_login(UserFactory(role="service", business_lines=["p2p"]))

    assert "FUND-1" not in client.get(url(customer, "accounts/")).content.decode()
    assert client.get(url(customer, f"accounts/{other.pk}/")).status_code == 404


def test_the_account_of_one_customer_does_not_open_under_another(client, service):
    customer, stranger = whole_customer(), CustomerFactory()
    stranger.refresh_from_db()

    assert client.get(url(stranger, f"accounts/{customer.accounts.get().pk}/")).status_code == 404
    assert client.get(url(stranger, f"loans/{customer.loans.get().pk}/")).status_code == 404


def test_a_holder_outside_the_readers_regions_is_counted_and_not_named(client):
    customer = whole_customer()
    far = CustomerFactory(name="慕容复", region="上海", lines=["p2p"])
    AccountHolder.objects.create(account=customer.accounts.get(), customer=far, role="user")
    client.force_login(UserFactory(role="service", regions=["北京"]))

    shown = client.get(url(customer, f"accounts/{customer.accounts.get().pk}/")).content.decode()

    assert "慕容复" not in shown
    assert "1 more holder is outside your regions and lines." in shown


# What is masked


@pytest.mark.parametrize("role", ROLES)
def test_nothing_personal_stands_unmasked_on_any_page_for_any_role(client, role):
    customer = whole_customer()
    client.force_login(UserFactory(role=role))

    for address in [
        *addresses(customer),
        "/customers/?columns=identity,phone,name",
        "/palette/?q=段正淳",
        "/customers/?q=0021",
    ]:
        for headers in (
            {},
            {"HX-Request": "true", "HX-Target": "preview-body"},
            {"HX-Request": "true", "HX-Target": "rows"},
        ):
            shown = client.get(address, headers=headers).content.decode()
            assert [secret for secret in SECRETS if secret in shown] == [], address


@pytest.mark.parametrize(
    ("role", "name"), [("service", "段正淳"), ("risk", "段正淳"), ("marketing", "段**"), ("management", "段**")]
)
def test_names_are_whole_for_those_who_deal_with_people_and_masked_for_others(client, role, name):
    customer = whole_customer()
    client.force_login(UserFactory(role=role))

    for address in ["/customers/", url(customer), url(customer, "accounts/")]:
        shown = client.get(address).content.decode()
        assert name in shown
        assert ("段正淳" in shown) == (name == "段正淳")


# What it costs


def test_the_list_costs_the_same_queries_for_one_row_and_for_three(client, service):
    whole_customer()
    client.get("/customers/")
    one = queries(client, "/customers/")
    whole_customer()
    whole_customer()

    assert queries(client, "/customers/") == one


@pytest.mark.parametrize("part", ["", "accounts/", "transactions/"])
def test_a_customer_costs_the_same_queries_with_one_of_everything_and_with_three(client, service, part):
    customer = whole_customer()
    client.get(url(customer, part))
    one = queries(client, url(customer, part))
    for number in range(2):
        account = AccountFactory(customer=customer, product=ProductFactory(line=BusinessLine.objects.get(code="fund")))
        LoanFactory(customer=customer, product=account.product)
        HoldingFactory(customer=customer, product=account.product, card_number="6222021234567890123")
        TransactionFactory(account=account, customer=customer, booked_on=date(2024, 4 + number, 1))
        Interaction.objects.create(
            customer=customer, kind="call", at=timezone.now(), title="Again", author=UserFactory()
        )

    assert queries(client, url(customer, part)) == one


def test_a_loan_and_an_account_cost_the_same_queries_whatever_hangs_on_them(client, service):
    customer = whole_customer()
    account, loan = customer.accounts.get(), customer.loans.get()
    places = [url(customer, f"accounts/{account.pk}/"), url(customer, f"loans/{loan.pk}/")]
    before = [queries(client, place) for place in [*places, *places]][2:]
    for number in (2, 3):
        Instalment.objects.create(loan=loan, number=number, due_on=date(2024, 2, 15), principal=1000)
        AccountHolder.objects.create(account=account, customer=CustomerFactory(), role="user")
        StandingOrder.objects.create(account=account, amount=3, currency="CNY")
        HoldingFactory(customer=customer, account=account, product=ProductFactory())

    assert [queries(client, place) for place in places] == before


# What it shows


def test_opening_a_customer_is_in_the_log(client, service):
    customer = whole_customer()
    client.get(url(customer))

    event = Event.objects.filter(kind="read").latest("id")
    assert (event.action, event.table_name, event.pk_text, event.actor_id) == (
        "customers.customer.opened",
        "customers_customer",
        str(customer.pk),
        service.pk,
    )


def test_a_loan_shows_which_instalments_are_paid_late_or_overdue(client, service):
    customer = whole_customer()
    loan = customer.loans.get()
    Instalment.objects.create(
        loan=loan, number=2, due_on=date(2024, 3, 15), principal=1000, paid=1000, paid_on=date(2024, 3, 20)
    )
    Instalment.objects.create(loan=loan, number=3, due_on=timezone.localdate() + timedelta(days=9), principal=1000)

    shown = client.get(url(customer, f"loans/{loan.pk}/")).content.decode()

    assert [word for word in ("Overdue", "Paid late", "Not due yet") if f">{word}<" in shown] == [
        "Overdue",
        "Paid late",
        "Not due yet",
    ]
    assert "1,120.00" in shown


def test_an_account_shows_its_holders_and_standing_orders(client, service):
    customer = whole_customer()

    shown = client.get(url(customer, f"accounts/{customer.accounts.get().pk}/")).content.decode()

    assert customer.reference in shown
    assert ("87144583" in shown, "*" * 8 in shown) == (False, True)


def test_figures_open_the_rows_that_they_count(client, service):
    customer = whole_customer()
    for day in (date(2024, 6, 1), date(2024, 6, 2), date(2024, 6, 30), date(2024, 7, 1)):
        TransactionFactory(account=customer.accounts.get(), customer=customer, booked_on=day)
    now = timezone.now()
    PortraitRound.objects.create(
        as_of=date(2024, 6, 30), whole=True, horizon_xid=1, horizon_at=now, started_at=now, ended_at=now
    )

    shown = client.get(url(customer)).content.decode()
    opened = re.search(r'href="([^"]*transactions/[?][^"]*)"', shown)[1].replace("&amp;", "&")

    assert f'href="{url(customer, "accounts/")}#loans"' in shown
    assert {row.booked_on for row in client.get(opened).context["list"].page.rows} == {
        date(2024, 6, 1),
        date(2024, 6, 2),
        date(2024, 6, 30),
    }


def test_a_customer_whom_no_night_has_seen_has_a_sentence_instead_of_figures(client, service):
    customer = CustomerFactory()
    customer.refresh_from_db()

    assert "No nightly run has seen this customer yet" in client.get(url(customer)).content.decode()


def test_the_preview_is_a_fragment(client, service):
    customer = whole_customer()

    shown = client.get(url(customer), headers={"HX-Request": "true", "HX-Target": "preview-body"}).content.decode()

    assert "<html" not in shown
    assert "段正淳" in shown


def test_transactions_come_in_pages_by_key_without_gap_or_repeat(client, service):
    customer = whole_customer()
    account = customer.accounts.get()
    for number in range(120):
        TransactionFactory(
            account=account, customer=customer, amount=number + 1000, booked_on=date(2024, 3, 1 + number % 3)
        )

    seen, address = [], url(customer, "transactions/")
    while address:
        listing = client.get(address).context["list"]
        seen += [row.pk for row in listing.page.rows]
        address = listing.next_url

    assert len(seen) == len(set(seen)) == 121


def test_a_cursor_that_cannot_be_read_shows_the_first_page_with_a_sentence(client, service):
    response = client.get(url(whole_customer(), "transactions/"), {"cursor": "nonsense"})

    assert response.status_code == 200
    assert "Go on from the first." in response.content.decode()


def test_transactions_are_narrowed_by_date_kind_amount_and_account(client, service):
    customer = whole_customer()
    TransactionFactory(
        account=customer.accounts.get(), customer=customer, amount=-77, kind="fee", booked_on=date(2024, 5, 5)
    )

    def amounts(**query):
        return [int(row.amount) for row in client.get(url(customer, "transactions/"), query).context["list"].page.rows]

    assert amounts(booked_after="2024-05-01") == amounts(kind="fee") == amounts(amount_max="0") == [-77]
    assert amounts(account=customer.accounts.get().number) == [-77, 10]
    assert amounts(account="other") == []


def test_the_list_is_narrowed_by_what_a_night_found(client, service):
    late, fine = CustomerFactory(region="北京"), CustomerFactory(region="上海")
    PortraitFactory(customer=late, overdue_days=40, lifecycle="dormant", last_on=date(2024, 1, 1))
    PortraitFactory(customer=fine, lifecycle="active", last_on=date(2024, 6, 1))

    def shown(**query):
        return {row.pk for row in client.get("/customers/", query).context["list"].page.rows}

    assert (
        shown(overdue_min="30")
        == shown(lifecycle="dormant")
        == shown(last_movement_before="2024-02-01")
        == shown(region="北京")
        == {late.pk}
    )
    assert shown() == {late.pk, fine.pk}


@pytest.mark.parametrize("sort", ["name", "-name", "reference", "-reference", "joined", "-joined"])
def test_every_order_shows_every_customer(client, service, sort):
    PortraitFactory()
    CustomerFactory()

    rows = client.get("/customers/", {"sort": sort}).context["list"].page.rows

    assert {row.pk for row in rows} == set(Customer.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("sort", ["balance", "-balance"])
def test_the_order_of_balances_has_no_gap_and_says_who_is_not_in_it(client, service, sort):
    for number in range(120):
        PortraitFactory(balance=number // 7)
    CustomerFactory()

    seen, address = [], f"/customers/?sort={sort}"
    while address:
        listing = client.get(address).context["list"]
        seen += [(row.portrait.balance, row.pk) for row in listing.page.rows]
        told = listing.problem
        address = listing.next_url

    assert seen == sorted(set(seen), reverse=sort == "-balance")
    assert len(seen) == 120
    assert "no nightly run has seen yet" in told


def test_filters_by_a_figure_page_without_gap_or_repeat(client, service):
    for _ in range(110):
        PortraitFactory(lifecycle="active")

    seen, address = [], "/customers/?lifecycle=active"
    while address:
        listing = client.get(address).context["list"]
        seen += [row.pk for row in listing.page.rows]
        address = listing.next_url

    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 110


# Contacts


def contact(**fields):
    at = timezone.localtime() - timedelta(hours=1)
    return {"kind": "call", "at": at.strftime("%Y-%m-%dT%H:%M"), "title": "Asked", "text": "About a limit", **fields}


def test_logging_a_contact_puts_it_on_the_timeline_under_the_persons_name(client, service):
    customer = whole_customer()

    response = client.post(url(customer, "contact/"), contact(title="  Lost card "))

    assert response["Location"] == url(customer)
    logged = customer.interactions.latest("id")
    assert (logged.title, logged.author, logged.internal) == ("Lost card", service, False)
    assert "Lost card" in client.get(url(customer)).content.decode()


def test_an_internal_note_is_internal_whatever_the_box_says(client, service):
    customer = whole_customer()
    client.post(url(customer, "contact/"), contact(kind="note"))

    assert customer.interactions.latest("id").internal


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"at": "2999-01-01T10:00"}, "has not taken place yet"),
        ({"title": "   "}, "This field is required."),
        ({"at": "never"}, "Enter a valid date/time."),
        ({"kind": "campaign"}, "Select a valid choice."),
        ({"title": "x" * 161}, "at most 160 characters"),
        ({"text": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_a_contact_that_cannot_be_is_refused_with_a_sentence_and_keeps_what_was_typed(client, service, wrong, sentence):
    customer = whole_customer()

    response = client.post(url(customer, "contact/"), contact(**wrong))

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "About a limit" in response.content.decode() or "text" in wrong
    assert customer.interactions.count() == 1


def test_a_contact_with_a_customer_out_of_scope_is_not_logged(client):
    customer = whole_customer()
    client.force_login(UserFactory(role="service", regions=["上海"]))

    assert client.post(url(customer, "contact/"), contact()).status_code == 404
    assert customer.interactions.count() == 1
