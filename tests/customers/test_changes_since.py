"""What changed since the last contact: one's own first, in words, and nothing that the reader may not know."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from customers.models import Consent, Customer, Interaction, Notice
from customers.services.changes_since import changes_since, last_contact
from products.models import BusinessLine
from tests.factories import UserFactory
from tests.factories.customers import HoldingFactory, PersonFactory
from tests.factories.products import ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    customer = PersonFactory(lines=["fund"])
    customer.refresh_from_db()
    return customer


@pytest.fixture
def agent():
    return UserFactory(role="service")


def spoke(customer, author, days_ago, kind="call"):
    at = timezone.now() - timedelta(days=days_ago)
    return Interaction.objects.create(customer=customer, kind=kind, at=at, title="Asked", author=author)


def said(customer, reader, days=10):
    now = timezone.now()
    found = changes_since(customer, reader=reader, since=now - timedelta(days=days), now=now)
    return [str(change.title) for change in found]


def test_ones_own_last_contact_counts_before_a_later_one_of_somebody_else(customer, agent):
    mine = spoke(customer, agent, 9)
    spoke(customer, UserFactory(), 2)

    assert last_contact(customer, agent) == mine


def test_without_a_contact_of_ones_own_the_desks_last_one_counts_and_a_note_is_none(customer, agent):
    theirs = spoke(customer, UserFactory(), 4)
    spoke(customer, agent, 1, kind="note")

    assert last_contact(customer, agent) == theirs


def test_nobody_has_spoken_yet(customer, agent):
    assert last_contact(customer, agent) is None


def test_a_changed_field_is_named_once_without_its_values(customer, agent):
    for number in ("+8613900000001", "+8613900000002"):
        row = Customer.objects.get(pk=customer.pk)
        row.phone = number
        row.save(update_fields=["phone"])

    assert said(customer, agent) == ["Phone changed"]


def test_a_change_of_risk_is_not_spoken_of_to_anybody(customer):
    Customer.objects.filter(pk=customer.pk).update(risk_level="high")

    for role in ("service", "service_lead", "marketing", "product", "management", "compliance"):
        assert said(customer, UserFactory(role=role)) == []


def test_products_of_lines_out_of_reach_are_left_out(customer, agent):
    yesterday = timezone.localdate() - timedelta(days=1)
    for line in ("fund", "insurance"):
        kept = ProductFactory(line=BusinessLine.objects.get(code=line))
        HoldingFactory(customer=customer, product=kept, opened_on=yesterday)

    assert said(customer, agent) == ["Product taken up"] * 2
    assert said(customer, UserFactory(role="service", business_lines=["fund"])) == ["Product taken up"]


def test_a_product_of_the_day_before_the_contact_and_one_still_to_come_are_no_change(customer, agent):
    today = timezone.localdate()
    HoldingFactory(customer=customer, opened_on=today - timedelta(days=11))
    HoldingFactory(customer=customer, opened_on=today + timedelta(days=1))

    assert said(customer, agent) == []


def test_consents_are_told_to_those_who_may_see_consents(customer, agent):
    now = timezone.now()
    Consent.objects.create(
        customer=customer, purpose="marketing", channel="sms", given=True, at=now, recorded_at=now, origin="app",
        notice=Notice.objects.filter(purpose="marketing", language="en").get(),
    )  # fmt: skip

    assert said(customer, agent) == ["Consent given"]
    assert said(customer, UserFactory(role="product")) == []


def test_the_page_says_whose_contact_it_counts_from(client, customer, agent):
    client.force_login(agent)
    address = f"/customers/{customer.reference}/"
    assert "panel-changes" not in client.get(address).content.decode()

    spoke(customer, UserFactory(), 3)
    assert "The desk&#x27;s last contact" in client.get(address).content.decode()

    spoke(customer, agent, 2)
    shown = client.get(address).content.decode()
    assert "Your last contact" in shown
    assert "Nothing has changed since." in shown


def test_a_contact_long_ago_is_no_reason_for_a_long_list(customer, agent):
    for _number in range(20):
        HoldingFactory(customer=customer, opened_on=date(2024, 2, 1))

    assert len(said(customer, agent, days=5_000)) == 12
