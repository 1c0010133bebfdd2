"""One value, one person, one reason, for seconds, within a quota; and whoever asks too often is told of."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.models import Event, Secret
from customers.models import Customer, PrivacyRule, Reveal
from customers.services.reveals import OverQuota, reveal_field
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.customers import CallerVerificationFactory, HoldingFactory, PersonFactory
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db
PHONE = "+8613912345678"


@pytest.fixture
def clerk():
    return UserFactory(role="service")


@pytest.fixture
def customer():
    return PersonFactory(phone=PHONE)


def reveal(clerk, customer, **fields):
    said = {"field": "phone", "reason_kind": "call", "at": timezone.now(), **fields}
    verify(clerk, customer, said["at"])
    return reveal_field(actor=clerk, customer_id=customer.pk, **said)


def verify(clerk, customer, at=None):
    return CallerVerificationFactory(customer=customer, by=clerk, started_at=at or timezone.now())


def set_rule(code, value):
    with past_the_guards():
        PrivacyRule.objects.filter(code=code).update(value=value)


def test_a_reveal_gives_the_value_keeps_a_grant_and_is_in_the_log(clerk, customer):
    at = timezone.now()

    shown = reveal(clerk, customer, reason="Wants a call back", at=at)

    grant = Reveal.objects.get()
    event = Event.objects.get(kind="reveal")
    assert (shown.value, shown.seconds, shown.expires_at) == (PHONE, 30, at + timedelta(seconds=30))
    assert (grant.by, grant.customer, grant.field, grant.reason) == (clerk, customer, "phone", "Wants a call back")
    assert (event.table_name, event.pk_text, event.reason) == ("customers_customer", str(customer.pk), "call")
    assert PHONE not in event.body
    assert "Wants a call back" not in event.body
    assert Secret.objects.filter(event_id=event.pk, value="Wants a call back").exists()


def test_the_same_value_again_within_its_time_counts_once_and_is_logged_twice(clerk, customer):
    at = timezone.now()
    set_rule("reveals_per_hour", 1)

    reveal(clerk, customer, at=at)
    again = reveal(clerk, customer, at=at + timedelta(seconds=20))

    assert again.seconds == 10
    assert Reveal.objects.count() == 1
    assert Event.objects.filter(kind="reveal").count() == 2


@pytest.mark.parametrize(("code", "gap"), [("reveals_per_hour", 1), ("reveals_per_day", 121)])
def test_over_the_quota_nothing_is_shown_until_time_has_passed(clerk, customer, code, gap):
    set_rule(code, 2)
    at = timezone.now()
    reveal(clerk, customer, at=at)
    reveal(clerk, customer, field="email", at=at + timedelta(minutes=gap))

    with pytest.raises(OverQuota, match="2 values"):
        reveal(clerk, customer, field="address", at=at + timedelta(minutes=gap + 1))

    assert Reveal.objects.count() == 2
    assert reveal(clerk, customer, field="address", at=at + timedelta(days=2)).value


def test_another_persons_reveals_do_not_count(clerk, customer):
    set_rule("reveals_per_hour", 1)
    reveal(UserFactory(role="service"), customer)

    assert reveal(clerk, customer).value == PHONE


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason_kind": ""}, "Choose why"),
        ({"reason_kind": "because"}, "Choose why"),
        ({"reason_kind": "other", "reason": "   x "}, "in a few words"),
        ({"field": "risk_level"}, "not one that can be revealed"),
        ({"field": "card_number"}, "Name the product"),
        ({"field": "card_number", "holding_id": 0}, "Name the product"),
    ],
)
def test_without_a_reason_or_a_field_nothing_is_shown(clerk, customer, fields, sentence):
    with pytest.raises(ValidationError, match=sentence):
        reveal(clerk, customer, **fields)
    assert not Reveal.objects.exists()


def test_a_card_is_revealed_by_its_product_and_only_of_that_customer(clerk, customer):
    mine = HoldingFactory(customer=customer, card_number="6222021234567890123")
    others = HoldingFactory(card_number="6222020000000000000")

    assert reveal(clerk, customer, field="card_number", holding_id=mine.pk).value == "6222021234567890123"
    with pytest.raises(ValidationError):
        reveal(clerk, customer, field="card_number", holding_id=others.pk)


def test_who_may_not_reveal_or_not_see_the_customer_is_refused(customer):
    with pytest.raises(PermissionDenied):
        reveal(UserFactory(role="marketing"), customer)
    with pytest.raises(Customer.DoesNotExist):
        reveal(UserFactory(role="service", regions=["Zhejiang"]), customer)


def test_the_eye_is_answered_as_text_and_may_not_be_kept(client, clerk, customer):
    verify(clerk, customer)
    client.force_login(clerk)

    answer = client.post(f"/customers/{customer.reference}/reveal/phone/", {"reason_kind": "call"})

    assert (answer.status_code, answer.content.decode(), answer["X-Reveal-Seconds"]) == (200, PHONE, "30")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("door", ["page", "api"])
def test_over_quota_is_a_sentence_an_event_and_a_message_to_compliance(client, clerk, customer, door):
    watcher = UserFactory(role="compliance")
    set_rule("reveals_per_hour", 1)
    reveal(clerk, customer)
    client.force_login(clerk)
    path = (
        f"/customers/{customer.reference}/reveal/email/"
        if door == "page"
        else f"/api/v1/customers/{customer.reference}/reveal/"
    )

    for _twice in range(2):
        answer = client.post(path, {"reason_kind": "call", "field": "email"})

    assert answer.status_code == 429
    assert "within an hour" in answer.content.decode()
    assert Notification.objects.filter(user=watcher, kind="privacy").count() == 1
    assert Event.objects.filter(kind="denied", action="customers.reveal.over_quota").count() == 2


def test_the_api_reveals_with_an_end(client, clerk, customer):
    verify(clerk, customer)
    client.force_login(clerk)

    answer = client.post(f"/api/v1/customers/{customer.reference}/reveal/", {"field": "phone", "reason_kind": "case"})

    assert answer.json()["value"] == PHONE
    assert answer.json()["expires_at"]


def test_compliance_sees_who_was_shown_what_and_others_do_not(client, clerk, customer):
    reveal(clerk, customer, reason="Wants a call back")
    client.force_login(clerk)
    assert client.get("/customers/privacy/reveals/").status_code == 403
    client.force_login(UserFactory(role="compliance"))

    page = client.get("/customers/privacy/reveals/").content.decode()

    assert clerk.full_name in page
    assert "Wants a call back" in page
    assert customer.reference in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_rows(client, clerk, count, django_assert_max_num_queries):
    for _each in range(count):
        reveal(clerk, PersonFactory())
    client.force_login(UserFactory(role="compliance"))

    with django_assert_max_num_queries(14):
        client.get("/customers/privacy/reveals/")
