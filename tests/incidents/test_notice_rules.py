from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from incidents.models import NoticeRule
from incidents.services.notice_rules import propose_rule
from staff.models import ChangeRequest
from tests.factories import UserFactory
from tests.factories.changes import agreed

pytestmark = pytest.mark.django_db
NOW = timezone.now
WORDS = "The authority says 48 hours from now on."


def asked(**more):
    said = {
        "actor": UserFactory(role="risk"), "reason": WORDS, "at": NOW(), "kind": "personal_data", "jurisdiction": "EU",
        "told": "authority", "hours": 48, "valid_from": timezone.localdate(), "source": "A new article", **more,
    }  # fmt: skip
    return propose_rule(**said)


def test_a_rule_begins_once_somebody_else_has_agreed_and_the_old_one_stays():
    before = NoticeRule.objects.get(kind="personal_data", jurisdiction="EU")
    request = asked()
    assert NoticeRule.objects.filter(hours=48).count() == 0

    assert agreed(request, UserFactory(role="compliance")).state == "executed"

    owed = NoticeRule.objects.for_incident(kind="personal_data", jurisdictions=["EU"], on=timezone.localdate())
    assert [(rule.jurisdiction, rule.hours) for rule in owed if rule.told == "authority"] == [("EU", 48)]
    before.refresh_from_db()
    assert before.hours == 72


def test_who_approves_sees_what_was_before():
    assert ("Within", "72 hours", "48 hours") in [tuple(row) for row in asked().differences]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"hours": 0}, "one hour"),
        ({"valid_from": timezone.localdate() - timedelta(days=1)}, "today or later"),
        ({"valid_to": timezone.localdate() - timedelta(days=1)}, "last day is before"),
        ({"told": "nobody"}, "not a valid choice"),
        ({"source": ""}, "cannot be blank"),
        ({"reason": " "}, "Say why"),
    ],
)
def test_what_is_no_rule_is_not_even_asked(wrong, why):
    with pytest.raises(ValidationError, match=why):
        asked(**wrong)


def test_a_rule_of_the_same_day_is_refused():
    agreed(asked(), UserFactory(role="compliance"))

    with pytest.raises(ValidationError, match="begins on that day already"):
        asked(hours=24)


def test_no_sql_adds_changes_or_removes_a_rule():
    fields = {"told": "authority", "hours": 1, "valid_from": timezone.localdate(), "source": "Nobody"}
    for change in (
        lambda: NoticeRule.objects.create(**fields),
        lambda: NoticeRule.objects.update(hours=1),
        lambda: NoticeRule.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_product_manager_asks_for_none():
    with pytest.raises(PermissionDenied):
        asked(actor=UserFactory(role="product"))


def test_the_page_begins_with_the_rule_that_was_opened_and_says_what_waits(client):
    client.force_login(UserFactory(role="risk"))
    old = NoticeRule.objects.get(kind="personal_data", jurisdiction="EU")
    url = f"{reverse('incidents:notice_rule_change')}?like={old.pk}"
    assert 'value="72"' in client.get(url).content.decode()
    form = {
        "kind": "personal_data", "jurisdiction": "eu", "told": "authority", "hours": 48,
        "valid_from": timezone.localdate().isoformat(), "source": "新规定", "reason": WORDS,
    }  # fmt: skip

    assert client.post(url, form | {"jurisdiction": "E1U"}).status_code == 422
    assert client.post(url, form).status_code == 302

    page = client.get(reverse("incidents:notice_rules")).content.decode()
    assert "waits for approval" in page
    assert "In force" in page


def test_a_rule_is_asked_for_over_the_api(client):
    client.force_login(UserFactory(role="risk"))
    said = {"told": "management", "hours": 4, "valid_from": timezone.localdate().isoformat(), "source": "Policy"}

    answer = client.post("/api/v1/notice-rules/", said | {"reason": WORDS}, content_type="application/json")

    assert answer.status_code == 202
    assert str(answer.json()["id"]) == str(ChangeRequest.objects.get().pk)
