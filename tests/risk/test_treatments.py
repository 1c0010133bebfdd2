from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from risk.models import Reassessment
from risk.rules.effects import effect_of
from risk.services.treatments import (
    add_task,
    begin_treatment,
    effect_on_indicator,
    end_treatment,
    expire_acceptances,
    finish_task,
)
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.response import TreatmentFactory, TreatmentTaskFactory
from tests.factories.risk import IndicatorFactory, ReadingFactory, RiskFactory

NOW = timezone.now
DAY = date(2026, 7, 1)


def test_the_effect_is_the_difference_of_means_with_its_interval():
    # Means 12 and 8; variances 1 and 4 over three each: standard error sqrt(1/3 + 4/3) = 1.2909944.
    effect = effect_of([11, 12, 13], [6, 8, 10])

    assert (effect.before, effect.after, effect.difference) == (12, 8, -4)
    assert effect.low == pytest.approx(-4 - 1.96 * 1.2909944, abs=1e-6)
    assert effect.high == pytest.approx(-4 + 1.96 * 1.2909944, abs=1e-6)
    assert effect.is_clear
    assert not effect_of([11, 12, 13], [11, 12, 14]).is_clear


def test_too_few_readings_say_nothing():
    assert effect_of([1, 2], [1, 2, 3]) is None
    assert effect_of([], []) is None


def begun(risk, **more):
    owner = UserFactory(role="risk")
    fields = {"strategy": "reduce", "title": "A second provider", "owner": owner, "starts_on": DAY, "due_on": DAY}
    return begin_treatment(actor=owner, risk_id=risk.pk, at=NOW(), **fields | more)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"strategy": "accept"}, "why the risk is accepted"),
        ({"due_on": DAY - timedelta(days=1)}, "last day is before"),
        ({"cost": Decimal("10")}, "currency"),
        ({"cost": Decimal("-1"), "currency": "CNY"}, "not negative"),
    ],
)
def test_what_is_no_treatment_is_said(more, why):
    with pytest.raises(ValidationError, match=why):
        begun(RiskFactory(), **more)


@pytest.mark.django_db
def test_a_closed_risk_is_not_treated():
    with pytest.raises(ValidationError, match="is closed"):
        begun(RiskFactory(status="closed", closing_reason="Sold."))


@pytest.mark.django_db
def test_a_treatment_is_done_once_its_tasks_are():
    treatment = begun(RiskFactory())
    how = {"outcome": "Payments run over two providers.", "at": NOW()}
    task = add_task(
        actor=treatment.owner, treatment_id=treatment.pk, title="Sign", owner=UserFactory(role="product"), due_on=DAY
    )
    with pytest.raises(ValidationError, match="not done yet"):
        end_treatment(actor=treatment.owner, treatment_id=treatment.pk, state="done", **how)
    with pytest.raises(PermissionDenied):
        finish_task(actor=UserFactory(role="risk"), task_id=task.pk, evidence="Signed.", at=NOW())
    with pytest.raises(ValidationError, match="by what one sees"):
        finish_task(actor=task.owner, task_id=task.pk, evidence=" ", at=NOW())
    finish_task(actor=task.owner, task_id=task.pk, evidence="The contract of 1 June.", at=NOW())

    ended = end_treatment(actor=treatment.owner, treatment_id=treatment.pk, state="done", **how)

    assert ended.ended_on == timezone.localdate()
    with pytest.raises(ValidationError, match="has ended"):
        end_treatment(actor=treatment.owner, treatment_id=treatment.pk, state="dropped", **how)


@pytest.mark.django_db
def test_an_acceptance_ends_after_its_last_day_and_has_the_risk_judged_anew():
    over = TreatmentFactory(strategy="accept", due_on=DAY - timedelta(days=1))
    still, other = TreatmentFactory(strategy="accept", due_on=DAY), TreatmentFactory(due_on=DAY - timedelta(days=9))

    assert expire_acceptances(business_date=DAY) == 1
    assert expire_acceptances(business_date=DAY) == 0

    for one in (over, still, other):
        one.refresh_from_db()
    assert (over.state, still.state, other.state) == ("expired", "running", "running")
    assert over.ended_on == DAY - timedelta(days=1)
    asked = Reassessment.objects.get()
    assert (asked.risk, asked.cause_key) == (over.risk, f"treatment:{over.pk}")
    assert Notification.objects.filter(user=over.risk.owner).count() == 1


@pytest.mark.django_db
def test_readings_of_thirty_days_before_the_start_and_after_the_end_are_compared(client):
    indicator = IndicatorFactory()
    treatment = TreatmentFactory(indicator=indicator, state="done", ended_on=date(2026, 6, 1), outcome="Done")
    for day, value in [(30, 9), (1, 8), (2, 8), (3, 8), (31, 99)]:
        ReadingFactory(indicator=indicator, day=treatment.starts_on - timedelta(days=day), value=Decimal(value))
    for day, value in [(0, 3), (1, 3), (29, 3), (30, 99)]:
        ReadingFactory(indicator=indicator, day=treatment.ended_on + timedelta(days=day), value=Decimal(value))

    effect = effect_on_indicator(treatment)

    assert (effect.before, effect.after) == (8.25, 3)
    client.force_login(UserFactory(role="risk"))
    assert "What it changed" in client.get(reverse("risk:treatment_detail", args=[treatment.pk])).content.decode()


@pytest.mark.django_db
def test_the_risk_shows_its_treatments_and_the_list_costs_the_same(client, django_assert_max_num_queries):
    client.force_login(UserFactory(role="risk"))
    treatment = TreatmentTaskFactory().treatment
    page = client.get(reverse("risk:risk_response", args=[treatment.risk.reference])).content.decode()
    assert f'href="{reverse("risk:treatment_detail", args=[treatment.pk])}"' in page
    url = reverse("risk:treatment_list")
    client.get(url)
    with django_assert_max_num_queries(40) as one:
        client.get(url)
    TreatmentFactory(), TreatmentFactory()
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(url)
