from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from risk.models import Indicator
from risk.threads import Knot, tie
from tests.factories import UserFactory
from tests.factories.risk import AlertFactory, RiskFactory

BEGAN = datetime(2026, 2, 28, 8, tzinfo=UTC)


def knot(key, hours, cause=""):
    return Knot(key, "Kind", key.title(), BEGAN + timedelta(hours=hours), "/", "flag", cause=cause)


def drawn(*knots):
    return [(tied.knot.key, tied.depth) for tied in tie(knots)]


def test_each_thing_stands_under_what_led_to_it_whatever_order_they_come_in():
    knots = [
        knot("finding", 5, "plan"), knot("plan", 3, "case"), knot("other", 2), knot("case", 1, "alert"), knot("alert", 0),
        knot("second case", 4, "alert"),
    ]  # fmt: skip

    assert drawn(*knots) == [
        ("alert", 0), ("case", 1), ("plan", 2), ("finding", 3), ("second case", 1), ("other", 0),
    ]  # fmt: skip


def test_what_came_of_something_hidden_begins_a_thread_of_its_own():
    assert drawn(knot("plan", 3, "case"), knot("finding", 4, "plan")) == [("plan", 0), ("finding", 1)]


def test_a_circle_is_drawn_once_from_its_oldest_knot():
    assert drawn(knot("b", 1, "a"), knot("a", 0, "b")) == [("a", 0), ("b", 1)]


@pytest.mark.django_db
def test_the_thread_of_a_risk_shows_the_alerts_of_its_indicators_and_of_no_others(client):
    risk, alert, elsewhere = RiskFactory(), AlertFactory(), AlertFactory()
    alert.indicator.risks.add(risk)
    client.force_login(UserFactory(roles=["risk"]))

    page = client.get(reverse("risk:risk_thread", args=[risk.reference])).content.decode()

    assert reverse("risk:alert_detail", args=[alert.pk]) in page
    assert reverse("risk:alert_detail", args=[elsewhere.pk]) not in page


@pytest.mark.django_db
def test_the_page_costs_the_same_whatever_happened(client, django_assert_max_num_queries):
    risk = RiskFactory()
    client.force_login(UserFactory(roles=["risk"]))
    url = reverse("risk:risk_thread", args=[risk.reference])
    client.get(url)
    with django_assert_max_num_queries(30) as before:
        client.get(url)
    for _number in range(3):
        AlertFactory().indicator.risks.add(risk)
    assert Indicator.objects.filter(risks=risk).count() == 3

    with django_assert_max_num_queries(len(before.captured_queries)):
        client.get(url)
