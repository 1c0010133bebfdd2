from datetime import date

import pytest
from django.urls import reverse

from operations.models import Figure
from staff.rules.roles import Role
from tests.factories.assessments import a_decided_assessment
from tests.factories.panels import a_running_panel, experts_of, vote
from tests.factories.risk import AlertFactory
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role.values)
def test_everybody_has_a_home(client, role):
    client.force_login(UserFactory(role=role))

    assert client.get(reverse("operations:home")).status_code == 200


def test_a_red_alert_waits_for_risk_and_leads_to_the_alerts(client):
    AlertFactory(band="red")
    client.force_login(UserFactory(role="risk"))

    page = client.get(reverse("operations:home")).content.decode()

    assert "Red alerts open" in page
    assert f"{reverse('risk:alert_list')}?open=true&amp;band=red" in page


def test_customer_service_is_not_told_of_alerts(client):
    AlertFactory(band="red")
    client.force_login(UserFactory(role="service"))

    assert "Red alerts open" not in client.get(reverse("operations:home")).content.decode()


def test_before_the_first_night_the_page_says_so(client):
    client.force_login(UserFactory(role="management"))

    assert "Figures come with the first nightly run." in client.get(reverse("operations:home")).content.decode()


def test_figures_of_the_last_night_are_shown_and_not_older_ones(client):
    for day, value in ((date(2026, 3, 30), 700), (date(2026, 3, 31), 811)):
        Figure.objects.create(day=day, name="customers_total", value=value)
    client.force_login(UserFactory(role="management"))

    page = client.get(reverse("operations:home")).content.decode()

    assert ">811</a>" in page
    assert ">700</a>" not in page


@pytest.mark.parametrize("alerts", [1, 3])
def test_home_costs_the_same_queries_whatever_waits(client, django_assert_max_num_queries, alerts):
    AlertFactory.create_batch(alerts)
    client.force_login(UserFactory(role="risk"))
    client.get(reverse("operations:home"))

    with django_assert_max_num_queries(40):
        client.get(reverse("operations:home"))


def test_a_panel_waits_for_its_expert_until_they_have_voted(client):
    panel = a_running_panel()
    expert = experts_of(panel)[0]
    client.force_login(expert)
    home = reverse("operations:home")
    assert "Panels that wait for my vote" in client.get(home).content.decode()
    vote(panel, expert, (3, 3))
    assert "Panels that wait for my vote" not in client.get(home).content.decode()


def test_a_decided_assessment_waits_for_others_than_who_decided(client):
    assessment = a_decided_assessment()
    home = reverse("operations:home")
    for person, told in ((UserFactory(role="compliance"), True), (assessment.risk.owner, False)):
        client.force_login(person)
        assert ("Assessments to approve" in client.get(home).content.decode()) is told
