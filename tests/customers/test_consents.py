"""A yes with what was shown, a no as easily, and the newest word stands."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import Event
from customers.models import Consent, Notice
from customers.rules.consents import Word, is_agreed
from customers.services.consents import may_contact, publish_notice, record_consent, words_of
from tests.factories import UserFactory
from tests.factories.customers import PersonFactory, SourceFactory

NOW = timezone.now()


@pytest.fixture
def customer():
    return PersonFactory()


@pytest.fixture
def notice():
    return Notice.objects.get(purpose="marketing", language="en")


def say(customer, given, *, at=NOW, channel="sms", purpose="marketing", notice=None, **fields):
    return record_consent(
        actor=None, customer_id=customer.pk, purpose=purpose, channel=channel, given=given, notice=notice,
        origin="call", at=at, now=NOW, **fields,
    )  # fmt: skip


def word(given, minutes=0):
    return Word(given, NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("words", "agreed"),
    [
        ({}, False),
        ({("marketing", "sms"): word(True)}, True),
        ({("marketing", "sms"): word(False)}, False),
        ({("marketing", "email"): word(True)}, False),
        ({("research", "sms"): word(True)}, False),
        ({("marketing", "any"): word(True)}, True),
        ({("marketing", "sms"): word(True), ("marketing", "any"): word(False, 1)}, False),
        ({("marketing", "any"): word(False), ("marketing", "sms"): word(True, 1)}, True),
        ({("marketing", "any"): word(True), ("marketing", "sms"): word(False)}, False),
    ],
)
def test_the_newest_word_for_the_channel_or_for_any_stands_and_silence_is_a_no(words, agreed):
    assert is_agreed(words, "marketing", "sms") is agreed


@pytest.mark.django_db
def test_consent_is_asked_as_of_a_moment(customer, notice):
    say(customer, True, at=NOW - timedelta(days=2), notice=notice)
    say(customer, False, at=NOW - timedelta(days=1))

    asked = {"customer": customer, "purpose": "marketing", "channel": "sms"}
    assert not may_contact(**asked, at=NOW - timedelta(days=3))
    assert may_contact(**asked, at=NOW - timedelta(days=1, seconds=1))
    assert not may_contact(**asked, at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["restricted_at", "erased_at"])
def test_a_restricted_or_erased_customer_is_not_contacted_whatever_they_said(customer, notice, field):
    say(customer, True, notice=notice)
    setattr(customer, field, NOW)

    assert not may_contact(customer=customer, purpose="marketing", channel="sms", at=NOW)


@pytest.mark.django_db
def test_a_yes_without_the_text_that_was_shown_is_refused(customer):
    with pytest.raises(ValidationError, match="Name the text"):
        say(customer, True)
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.create(
            customer=customer, purpose="marketing", channel="sms", given=True, at=NOW, origin="call", recorded_at=NOW
        )


@pytest.mark.django_db
def test_a_text_for_another_purpose_proves_nothing(customer, notice):
    with pytest.raises(ValidationError, match="another purpose"):
        say(customer, True, purpose="personalised", notice=notice)


@pytest.mark.django_db
def test_a_withdrawal_needs_neither_text_nor_reason(customer):
    assert say(customer, False).given is False
    assert words_of(customer, NOW)["marketing", "sms"].given is False


@pytest.mark.django_db
def test_nobody_agrees_in_the_future(customer, notice):
    with pytest.raises(ValidationError, match="in the future"):
        say(customer, True, notice=notice, at=NOW + timedelta(minutes=1))


@pytest.mark.django_db
@pytest.mark.parametrize("wish", ["given = NOT given", "at = now()", "notice_id = NULL", "evidence = 'other'"])
def test_what_was_said_never_changes_even_by_sql(customer, notice, wish):
    consent = say(customer, True, notice=notice, evidence="recording 7")
    for statement in [
        f"UPDATE customers_consent SET {wish} WHERE id = %s",
        "DELETE FROM customers_consent WHERE id = %s",
    ]:
        with (
            pytest.raises(DatabaseError, match="never changed or removed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [consent.pk])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_consent SET evidence = '' WHERE id = %s", [consent.pk])


@pytest.mark.django_db
def test_a_text_is_published_in_versions_and_the_earlier_ones_stay(notice):
    officer = UserFactory(role="compliance")

    newer = publish_notice(actor=officer, purpose="marketing", language="en", text=" Shorter.\r\n", at=NOW)

    assert (newer.version, newer.text) == (2, "Shorter.")
    assert Notice.objects.get(pk=notice.pk).text == notice.text
    with pytest.raises(ValidationError, match="version 2"):
        publish_notice(actor=officer, purpose="marketing", language="en", text="Shorter.", at=NOW)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Notice.objects.filter(pk=newer.pk).update(text="Other")


@pytest.mark.django_db
def test_the_log_says_that_somebody_agreed_and_hides_the_evidence(customer, notice):
    say(customer, True, notice=notice, evidence="recording 7 of 欧阳菲菲")

    event = Event.objects.filter(table_name="customers_consent").get()
    assert event.action == "customers.consent.given"
    assert "欧阳菲菲" not in event.body


@pytest.mark.django_db
def test_the_platform_sends_consents_each_once_and_hears_of_each_wrong_one(client, notice):
    source = SourceFactory()
    PersonFactory(source=source, external_id="7")
    client.force_login(UserFactory(role="administrator"))
    row = {
        "external_id": "c1", "customer": "7", "purpose": "marketing", "channel": "app", "given": True,
        "notice_sha256": notice.sha256, "origin": "app", "at": (NOW - timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    rows = [row, row, {**row, "external_id": "c2", "customer": "8"}, {**row, "external_id": "c3", "notice_sha256": "0" * 64},
            {**row, "given": False}]  # fmt: skip

    answer = client.post(
        "/api/v1/consents/take/", json.dumps({"source": source.code, "rows": rows}), "application/json"
    )

    assert [one["outcome"] for one in answer.json()] == ["new", "known", "rejected", "rejected", "rejected"]
    assert "no customer" in answer.json()[2]["reason"]
    assert Consent.objects.count() == 1


@pytest.mark.django_db
def test_the_desk_records_and_takes_back_on_the_page(client, customer, notice):
    client.force_login(UserFactory(role="service"))
    path = f"/customers/{customer.reference}/consent/"
    said = {"purpose": "marketing", "channel": "call", "origin": "call", "at": "2024-05-01T10:00", "evidence": "rec 1"}

    client.post(path, {**said, "given": "yes", "notice": notice.pk})
    page = client.get(f"/customers/{customer.reference}/privacy/").content.decode()
    client.post(path, {**said, "given": "no", "at": "2024-05-02T10:00"})

    assert "given=no" in page  # the button that takes it back
    assert [one.given for one in Consent.objects.order_by("id")] == [True, False]
    standing = client.get(f"/api/v1/customers/{customer.reference}/consents/").json()
    assert [(one["purpose"], one["channel"], one["given"]) for one in standing] == [("marketing", "call", False)]


@pytest.mark.django_db
def test_consents_outside_ones_scope_are_not_listed(client, notice):
    say(PersonFactory(region="北京"), True, notice=notice)
    client.force_login(UserFactory(role="service", regions=["上海"]))

    assert client.get("/api/v1/consents/").json()["results"] == []


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_rows(client, notice, count, django_assert_max_num_queries):
    for _each in range(count):
        say(PersonFactory(), True, notice=notice)
    client.force_login(UserFactory(role="compliance"))

    with django_assert_max_num_queries(12):
        client.get("/customers/privacy/consents/")
    with django_assert_max_num_queries(12):
        client.get("/customers/privacy/consents/report/")
