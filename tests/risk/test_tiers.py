from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from risk.models import AppetiteStatement, Cause, Consequence, Reassessment, Risk, TierRule
from risk.services.appetite import watch_appetite
from risk.services.register import change_risk, next_review, rate_risk
from risk.services.tiers import propose_tier_rule
from staff.models import ChangeRequest
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.risk import RatingFactory, RiskFactory
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db
NOW = timezone.now
TODAY = timezone.localdate
WORDS = "Critical risks are looked at each month."


def asked(**more):
    said = {
        "actor": UserFactory(role="risk"), "reason": WORDS, "at": NOW(), "level": "critical", "tier": 1,
        "review_days": 30, "valid_from": TODAY(), **more,
    }  # fmt: skip
    return propose_tier_rule(**said)


def test_the_next_review_is_proposed_by_the_rule_of_the_tier():
    assert next_review(RiskFactory(rated=(1, 1)), TODAY()) == TODAY() + timedelta(days=365)
    assert next_review(RiskFactory(), TODAY()) == TODAY() + timedelta(days=90)


def test_a_rule_holds_once_somebody_else_has_agreed(client):
    risk = RiskFactory(rated=(5, 5))
    request = asked()
    assert next_review(risk, TODAY()) == TODAY() + timedelta(days=90)

    agreed(request, UserFactory(role="management"))

    assert next_review(risk, TODAY()) == TODAY() + timedelta(days=30)
    client.force_login(UserFactory(role="risk"))
    page = client.get(reverse("risk:risk_review", args=[risk.reference])).content.decode()
    assert (TODAY() + timedelta(days=30)).isoformat() in page


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"tier": 4}, "1, 2 or 3"),
        ({"review_days": 0}, "From 1"),
        ({"valid_from": TODAY() - timedelta(days=1)}, "today or later"),
        ({"level": "absurd"}, "not a valid choice"),
    ],
)
def test_what_is_no_rule_is_not_even_asked(wrong, why):
    with pytest.raises(ValidationError, match=why):
        asked(**wrong)


def test_no_sql_adds_changes_or_removes_a_rule():
    for change in (
        lambda: TierRule.objects.create(level="low", tier=1, review_days=1, valid_from=TODAY()),
        lambda: TierRule.objects.update(review_days=1),
        lambda: TierRule.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_page_shows_the_rules_and_asks_for_an_approval(client):
    client.force_login(UserFactory(role="risk"))
    form = {"level": "critical", "tier": 1, "review_days": 30, "valid_from": TODAY().isoformat(), "reason": WORDS}

    assert client.post(reverse("risk:tier_rule_change"), form | {"reason": "short"}).status_code == 422
    assert client.post(reverse("risk:tier_rule_change"), form).status_code == 302

    assert ChangeRequest.objects.get().command == "risk.tier_rule.add"
    page = client.get(reverse("risk:tier_rules")).content.decode()
    assert "365" in page
    assert "waits for approval" in page
    with pytest.raises(PermissionDenied):
        asked(actor=UserFactory(role="product"))


def test_kinds_of_causes_are_chosen_shown_filtered_and_in_the_api(client):
    risk, other = RiskFactory(title="Of a person"), RiskFactory(title="Of nothing")
    person, loss = Cause.objects.get(code="people"), Consequence.objects.get(code="loss")
    officer = UserFactory(role="risk")
    changes = {"cause_kinds": [person], "consequence_kinds": [loss]}
    change_risk(actor=officer, risk_id=risk.pk, changes=changes)
    client.force_login(officer)

    page = client.get(reverse("risk:risk_detail", args=[risk.reference])).content.decode()
    assert "Kinds of causes" in page
    for query in ({"cause": person.pk}, {"consequence": loss.pk}):
        found = client.get(reverse("risk:risk_list"), query).content.decode()
        assert "Of a person" in found
        assert other.title not in found
    shown = client.get(f"/api/v1/risks/{risk.reference}/").json()
    assert (shown["cause_kinds"], shown["consequence_kinds"]) == (["people"], ["loss"])


def test_kinds_are_recorded_with_the_form(client):
    client.force_login(UserFactory(role="risk"))
    form = {"title": "A new one", "risk_class": "credit", "cause_kinds": [Cause.objects.get(code="people").pk]}

    assert client.post(reverse("risk:risk_create"), form).status_code == 302

    assert list(Risk.objects.get().cause_kinds.values_list("code", flat=True)) == ["people"]


def a_breach():
    risk = RiskFactory(rated=(5, 5))
    with past_the_guards():
        AppetiteStatement.objects.create(
            risk_class="credit", statement="No more than medium", tolerance="medium", valid_from=TODAY()
        )
    watch_appetite(business_date=TODAY())
    return risk


def test_a_breach_forces_a_new_assessment_once():
    risk = a_breach()
    assert Reassessment.objects.filter(risk=risk, rating=None).count() == 1

    rate_risk(
        actor=UserFactory(role="risk"), risk_id=risk.pk, kind="residual", likelihood=5, impact=5, reason="It stays so.",
        at=NOW(),
    )  # fmt: skip
    watch_appetite(business_date=TODAY() + timedelta(days=1))

    assert Reassessment.objects.filter(risk=risk).count() == 1
    assert not Reassessment.objects.filter(rating=None).exists()


def test_a_cell_of_a_past_map_opens_the_risks_that_stood_there_then(client):
    then = NOW() - timedelta(days=20)
    risk = RiskFactory(title="Stood here", created_at=then)
    RatingFactory(risk=risk, kind="residual", likelihood=4, impact=4, rated_at=then)
    RatingFactory(risk=risk, kind="residual", likelihood=1, impact=1, rated_at=NOW())
    RiskFactory(title="Not yet there", rated=(4, 4))
    client.force_login(UserFactory(role="risk"))
    day = (timezone.localdate(then) + timedelta(days=5)).isoformat()
    asked = {"stood_on": day, "rating": "residual", "likelihood": "4", "impact": "4"}

    before = client.get(reverse("risk:risk_list"), asked).content.decode()
    page = client.get(reverse("risk:heat_map"), {"on": day}).content.decode()

    assert "Stood here" in before
    assert "Not yet there" not in before
    elsewhere = client.get(reverse("risk:risk_list"), asked | {"impact": "1"}).content.decode()
    assert "Stood here" not in elsewhere
    assert f"stood_on={day}" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_register_shows_the_tier_at_the_same_cost_for_any_length(client, rows):
    for _number in range(rows):
        RiskFactory(rated=(1, 1))
    client.force_login(UserFactory(role="risk"))
    url = f"{reverse('risk:risk_list')}?columns=reference,tier"
    client.get(url)

    with CaptureQueriesContext(connection) as asked:
        page = client.get(url).content.decode()

    assert 'data-label="Tier">3' in page
    assert len(asked) <= 18
