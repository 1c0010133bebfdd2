"""The watch over identity documents: reminded of before they expire, told of once they have, each once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from customers.models import KycRule, KycTask
from customers.services.kyc_check import without_document
from customers.services.kyc_watch import watch_documents
from customers.services.suitability import CHECKS
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.customers import IdentityDocumentFactory, PersonFactory
from tests.factories.rules import standing_rule

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TODAY = NOW.date()
pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return UserFactory(role="service")


def expiring(officer, day, owner=None):
    customer = PersonFactory(relationship_owner=owner)
    return IdentityDocumentFactory(customer=customer, verified=officer, expires_on=day)


def at_noon(day):
    return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)


def test_a_document_is_reminded_of_twice_and_told_of_once_when_over(officer, clerk):
    day = date(2026, 6, 30)
    document = expiring(officer, day, clerk)

    told = []
    for ahead in (91, 90, 90, 60, 30, 29, 0, -1, -1, -2):
        watch_documents(at=at_noon(day - timedelta(days=ahead)))
        told.append(Notification.objects.filter(user=clerk).count())

    assert told == [0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    document.refresh_from_db()
    assert document.status == "expired"
    tasks = [(task.kind, task.is_open) for task in KycTask.objects.order_by("pk")]
    assert tasks == [("expiring", False), ("expired", True)]


def test_a_night_that_was_left_out_reminds_the_next_day(officer, clerk):
    expiring(officer, date(2026, 6, 30), clerk)

    watch_documents(at=at_noon(date(2026, 6, 10)))

    assert Notification.objects.filter(user=clerk).count() == 2
    assert KycTask.objects.get().reminded_at is not None


def test_a_customer_without_an_owner_is_the_leads_matter(officer):
    lead, clerk = UserFactory(role="service_lead"), UserFactory(role="service")
    expiring(officer, TODAY)

    watch_documents(at=NOW)

    assert Notification.objects.filter(user=lead).exists()
    assert not Notification.objects.filter(user=clerk).exists()


def test_whoever_left_is_not_watched(officer):
    document = expiring(officer, TODAY)
    document.customer.status = "closed"
    document.customer.save(update_fields=["status"])

    assert watch_documents(at=NOW) == 0


def test_the_days_are_those_of_the_customers_jurisdiction(officer):
    standing_rule(
        KycRule, code="document_first_reminder", jurisdiction="EU", value=10, unit="days", valid_from=date(2020, 1, 1)
    )
    for law in ("CN", "DE"):
        document = expiring(officer, TODAY + timedelta(days=50))
        document.customer.jurisdiction = law
        document.customer.save(update_fields=["jurisdiction"])

    watch_documents(at=NOW)

    assert [task.customer.jurisdiction for task in KycTask.objects.all()] == ["CN"]


def test_who_has_no_document_that_holds_takes_up_nothing_new(officer):
    customer, other, never = PersonFactory(), PersonFactory(), PersonFactory()
    IdentityDocumentFactory(customer=customer, verified=officer, expires_on=TODAY)
    IdentityDocumentFactory(customer=other, verified=officer)
    IdentityDocumentFactory(customer=never)

    def stopped(day, customers=None):
        return list(without_document(customers, None, day, None))

    assert stopped(TODAY) == []
    assert stopped(TODAY + timedelta(days=1)) == [customer.pk]
    assert stopped(TODAY + timedelta(days=1), [other.pk, never.pk]) == []
    assert "kyc" in {check.key for check in CHECKS}
