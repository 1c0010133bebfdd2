"""From a number back to what it says, its rows, the night that wrote it, and the events."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.explanations import EXPLAINERS
from customers.models import Customer
from operations.services.nightly import run_nightly
from products.models import BusinessLine
from risk.services.indicators import propose_bounds
from tests.config.world import world_of
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.customers import AccountFactory, ImportRunFactory, LoanFactory, PersonFactory, TransactionFactory
from tests.factories.products import ProductFactory
from tests.factories.risk import IndicatorFactory

pytestmark = pytest.mark.django_db
ROLES = ["compliance", "risk", "service"]


@pytest.fixture
def yesterday():
    return timezone.localdate() - timedelta(days=1)


@pytest.fixture
def night(yesterday):
    """A customer with an account, an import of movements and a loan in arrears, after a nightly run."""
    product = ProductFactory(line=BusinessLine.objects.get(code="p2p"))
    customer = Customer.objects.get(pk=PersonFactory(lines=["p2p"]).pk)
    account = AccountFactory(customer=customer, product=product, balance=Decimal("812.50"), balance_on=yesterday)
    batch = ImportRunFactory()
    TransactionFactory(account=account, customer=customer, booked_on=yesterday, amount=Decimal(1000), batch=batch)
    loan = LoanFactory(customer=customer, product=product)
    run = run_nightly(business_date=yesterday)
    customer.refresh_from_db()
    return {"customer": customer, "account": account, "batch": batch, "loan": loan, "run": run}


def explained(client, subject, record, figure):
    return client.get(reverse("audit:explain", args=[subject, record, figure]))


def test_a_balance_leads_to_the_accounts_the_night_and_who_changed_them(client, night):
    user = UserFactory(roles=ROLES)
    client.force_login(user)
    night["account"].status = "frozen"
    night["account"].save()

    text = explained(client, "portrait", night["customer"].reference, "balance").content.decode()

    assert "812.50" in text
    assert f"/customers/{night['customer'].reference}/accounts/{night['account'].pk}/" in text
    assert f"/nightly/{night['run'].pk}/" in text
    assert "account_standing.sql" in text
    assert "Frozen" in text


def test_a_sum_of_90_days_leads_to_the_movements_and_the_import_that_brought_them(client, night, yesterday):
    client.force_login(UserFactory(roles=ROLES))

    text = explained(client, "portrait", night["customer"].reference, "inflow_90").content.decode()

    first = yesterday - timedelta(days=89)
    assert f"transactions/?booked_after={first}&amp;booked_before={yesterday}" in text
    assert f"/customers/imports/{night['batch'].pk}/" in text


@pytest.mark.parametrize("figure", sorted(EXPLAINERS["portrait"].figures))
def test_every_figure_of_a_customer_is_explained(client, night, figure):
    client.force_login(UserFactory(roles=ROLES))

    answer = explained(client, "portrait", night["customer"].reference, figure)

    assert answer.status_code == 200
    assert answer.context["explanation"].run == night["run"].pk


def test_the_way_there_stands_beside_each_figure(client, night):
    client.force_login(UserFactory(role="service"))

    text = client.get(f"/customers/{night['customer'].reference}/").content.decode()

    for figure in EXPLAINERS["portrait"].figures:
        assert f"/audit/explain/portrait/{night['customer'].reference}/{figure}/" in text


def test_the_class_of_a_loan_leads_to_rules_and_instalments(client, night):
    client.force_login(UserFactory(roles=ROLES))

    page = client.get(reverse("risk:loan_detail", args=[night["loan"].pk])).content.decode()
    text = explained(client, "loan", night["loan"].pk, "class").content.decode()

    assert f"/audit/explain/loan/{night['loan'].pk}/class/" in page
    assert f"loans/{night['loan'].pk}/#schedule" in text
    assert "grade_loans.sql" in text
    assert f"/nightly/{night['run'].pk}/" in text


def test_a_reading_leads_to_its_rule_and_bounds_and_who_moved_them(client):
    user = UserFactory(roles=ROLES, full_name="Rita Risk")
    client.force_login(user)
    world = world_of(user)
    indicator = world.indicator
    asked = propose_bounds(
        actor=user,
        indicator_id=indicator.pk,
        amber=Decimal(7),
        red=Decimal(9),
        reason="Half-year review",
        at=timezone.now(),
    )
    agreed(asked, UserFactory(role="management"))

    for figure in ("reading", "bounds"):
        text = explained(client, "indicator", indicator.code, figure).content.decode()
        assert "Half-year review" in text
        assert "Amber from" in text


def test_an_edit_of_an_indicator_that_moves_no_bound_is_no_answer_to_why(client):
    client.force_login(UserFactory(roles=ROLES))
    indicator = IndicatorFactory()
    indicator.stale_after_days = 9
    indicator.save()

    history = explained(client, "indicator", indicator.code, "bounds").context["history"]

    assert [entry["event"].kind for entry in history] == ["insert"]


def test_who_does_not_read_the_log_sees_rows_and_no_events(client, night):
    client.force_login(UserFactory(role="service"))

    answer = explained(client, "portrait", night["customer"].reference, "balance")

    assert answer.status_code == 200
    assert answer.context["history"] == []
    assert answer.context["run_url"] == ""


def test_a_customer_outside_ones_scope_has_no_explanation(client, night):
    client.force_login(UserFactory(role="service", regions=["nowhere"]))

    assert explained(client, "portrait", night["customer"].reference, "balance").status_code == 404


@pytest.mark.parametrize(
    ("subject", "record", "figure"),
    [("portrait", "C-1", "balance"), ("portrait", "C-1", "nothing"), ("nothing", "1", "x"), ("loan", "²", "class"),
     ("loan", "9" * 30, "class"), ("indicator", "none", "reading"), ("indicator", "none", "class")],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client, subject, record, figure):
    client.force_login(UserFactory(roles=ROLES))

    assert explained(client, subject, record, figure).status_code == 404


def test_a_role_without_the_number_has_no_explanation_of_it(client, night):
    client.force_login(UserFactory(role="administrator"))

    assert explained(client, "portrait", night["customer"].reference, "balance").status_code == 403


def test_beside_a_page_it_is_a_fragment(client, night):
    client.force_login(UserFactory(role="service"))

    answer = client.get(
        reverse("audit:explain", args=["portrait", night["customer"].reference, "balance"]),
        headers={"HX-Request": "true", "HX-Target": "preview-body"},
    )

    assert b"<html" not in answer.content
