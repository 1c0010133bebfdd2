"""A customer's page says how often campaigns wrote to them."""

import pytest

from marketing.customer_parts import campaigns_panel
from products.models import BusinessLine
from tests.factories import UserFactory
from tests.factories.campaigns import written_to
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    made = CustomerFactory()
    made.refresh_from_db()
    return made


def test_it_counts_seven_and_thirty_days_and_shows_the_last(customer):
    for days in (1, 6, 8, 29, 31):
        written_to(customer, days)

    seen = campaigns_panel(UserFactory(role="marketing"), customer)

    assert (seen["week"], seen["month"]) == ("2", "4")
    assert len(seen["rows"]) == 5


def test_nobody_who_was_never_written_to_has_the_section(customer, client):
    client.force_login(UserFactory(role="compliance"))

    assert campaigns_panel(UserFactory(role="marketing"), customer) is None
    assert 'id="panel-campaigns"' not in client.get(f"/customers/{customer.reference}/").content.decode()


def test_the_page_has_it_for_whom_campaigns_are_meant(customer, client):
    sent = written_to(customer, 1)
    client.force_login(UserFactory(role="compliance"))

    shown = client.get(f"/customers/{customer.reference}/").content.decode()

    assert 'id="panel-campaigns"' in shown
    assert f"/marketing/campaigns/{sent.campaign.reference}/" in shown


def test_a_campaign_of_another_line_counts_and_is_not_named(customer):
    sent = written_to(customer, 1)
    sent.campaign.line = BusinessLine.objects.get(pk="fund")
    sent.campaign.save(update_fields=["line"])

    seen = campaigns_panel(UserFactory(role="marketing", business_lines=["payment"]), customer)

    assert (seen["week"], seen["rows"]) == ("1", [])
