from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from products.models import BusinessLine
from risk.models import Alert
from risk.services.alerts import acknowledge_alert, assign_alert, close_alert
from staff.models import Notification
from tests.factories.risk import AlertFactory
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db
REASON = "Back under five percent since Monday"


def close(alert, actor=None, reason=REASON):
    return close_alert(actor=actor or alert.owner, alert_id=alert.pk, reason=reason, at=timezone.now())


def test_closing_an_alert_keeps_when_who_and_why():
    alert, now = AlertFactory(), timezone.now()

    close_alert(actor=alert.owner, alert_id=alert.pk, reason=REASON, at=now)

    alert.refresh_from_db()
    assert (alert.closed_at, alert.closed_by, alert.closing_reason) == (now, alert.owner, REASON)


def test_closing_an_alert_is_named_in_the_log_with_its_reason():
    alert = AlertFactory()

    close(alert)

    event = Event.objects.filter(table_name="risk_alert", pk_text=str(alert.pk), kind="update").latest("id")
    assert (event.action, event.reason) == ("risk.alert.closed", REASON)


def test_only_the_owner_closes_an_alert():
    alert = AlertFactory()

    with pytest.raises(PermissionDenied, match="Only the owner"):
        close(alert, UserFactory(role="risk"))

    assert Alert.objects.open().get() == alert


def test_an_alert_without_an_owner_is_given_one_before_it_is_closed():
    alert = AlertFactory(owner=None)

    with pytest.raises(PermissionDenied, match="no owner yet"):
        close(alert, UserFactory(role="risk"))


@pytest.mark.parametrize(("reads", "band"), [("0.06", "Amber"), ("0.09", "Red")])
def test_an_alert_stays_open_while_its_indicator_is_outside_green(reads, band):
    alert = AlertFactory(reads=Decimal(reads))

    with pytest.raises(ValidationError, match=f"still {band}"):
        close(alert)


def test_an_alert_of_an_indicator_that_is_switched_off_can_be_closed():
    alert = AlertFactory(reads=Decimal("0.09"))
    alert.indicator.is_active = False
    alert.indicator.save()

    assert not close(alert).is_open


def test_an_alert_is_closed_once():
    alert = AlertFactory()
    close(alert)

    with pytest.raises(ValidationError, match="was closed at"):
        close(alert)


def test_a_new_owner_is_told_and_has_not_acknowledged_yet():
    alert = AlertFactory(acknowledged_at=timezone.now())
    colleague = UserFactory(role="risk")

    assign_alert(actor=alert.owner, alert_id=alert.pk, owner=colleague, at=timezone.now())

    alert.refresh_from_db()
    assert (alert.owner, alert.acknowledged_at) == (colleague, None)
    assert Notification.objects.get().user == colleague


def test_somebody_who_may_not_close_alerts_cannot_own_one():
    alert = AlertFactory()

    with pytest.raises(ValidationError, match="may not close alerts"):
        assign_alert(actor=alert.owner, alert_id=alert.pk, owner=UserFactory(role="marketing"), at=timezone.now())


def test_somebody_who_does_not_see_the_line_cannot_own_its_alert():
    alert = AlertFactory()
    alert.indicator.line = BusinessLine.objects.get(code="fund")
    alert.indicator.save()

    with pytest.raises(ValidationError, match="outside the business lines"):
        assign_alert(
            actor=alert.owner,
            alert_id=alert.pk,
            owner=UserFactory(role="risk", business_lines=["p2p"]),
            at=timezone.now(),
        )


def test_acknowledging_twice_keeps_the_first_time():
    alert, now = AlertFactory(), timezone.now()

    acknowledge_alert(actor=alert.owner, alert_id=alert.pk, at=now)
    acknowledge_alert(actor=alert.owner, alert_id=alert.pk, at=now + timedelta(hours=1))

    alert.refresh_from_db()
    assert alert.acknowledged_at == now


# Pages


@pytest.fixture
def officer(client):
    user = UserFactory(role="risk")
    client.force_login(user)
    return user


def test_the_list_costs_the_same_queries_for_any_length(client, officer, django_assert_max_num_queries):
    counts = []
    for _row in range(2):
        AlertFactory()
        client.get(reverse("risk:alert_list"))
        with django_assert_max_num_queries(40) as queries:
            response = client.get(reverse("risk:alert_list"), headers={"HX-Request": "true", "HX-Target": "rows"})
        counts.append(len(queries))
        AlertFactory()

    assert counts[0] == counts[1]
    assert response.content.count(b"<tr data-href") == 3


def test_closing_on_the_page_leads_back_to_the_closed_alert(client, officer):
    alert = AlertFactory(owner=officer)

    response = client.post(reverse("risk:alert_close", args=[alert.pk]), {"reason": REASON})

    assert (response.status_code, response.url) == (302, reverse("risk:alert_detail", args=[alert.pk]))
    assert REASON in client.get(response.url).content.decode()


def test_a_refusal_stands_in_the_form_and_what_was_typed_stays(client, officer):
    alert = AlertFactory(owner=officer, reads=Decimal("0.09"))

    response = client.post(reverse("risk:alert_close", args=[alert.pk]), {"reason": REASON})

    assert response.status_code == 422
    assert "The indicator is still Red." in response.content.decode()
    assert REASON in response.content.decode()


def test_a_button_that_cannot_be_used_says_why(client, officer):
    alert = AlertFactory()

    page = client.get(reverse("risk:alert_detail", args=[alert.pk])).content.decode()

    assert f"Its owner does this: {alert.owner}." in page


def test_assigning_and_acknowledging_on_the_page(client, officer):
    alert = AlertFactory(owner=None)

    client.post(reverse("risk:alert_assign", args=[alert.pk]), {"owner": officer.pk})
    client.post(reverse("risk:alert_acknowledge", args=[alert.pk]))

    alert.refresh_from_db()
    assert (alert.owner, alert.acknowledged_at is not None) == (officer, True)


@pytest.mark.parametrize("name", ["alert_list", "alert_detail", "alert_close", "alert_assign"])
def test_a_marketer_sees_no_alerts(client, name):
    client.force_login(UserFactory(role="marketing"))
    args = [] if name == "alert_list" else [AlertFactory().pk]

    assert client.get(reverse(f"risk:{name}", args=args)).status_code == 403


@pytest.mark.parametrize("name", ["alert_detail", "alert_close", "alert_assign"])
def test_an_alert_of_another_line_is_not_there(client, name):
    client.force_login(UserFactory(role="risk", business_lines=["p2p"]))
    alert = AlertFactory()
    alert.indicator.line = BusinessLine.objects.get(code="fund")
    alert.indicator.save()

    assert client.get(reverse(f"risk:{name}", args=[alert.pk])).status_code == 404
    assert alert.indicator.name not in client.get(reverse("risk:alert_list")).content.decode()


# API


def test_the_api_closes_an_alert_as_the_page_does(client, officer):
    alert = AlertFactory(owner=officer)

    answer = client.post(f"/api/v1/alerts/{alert.pk}/close/", {"reason": REASON}, content_type="application/json")

    assert (answer.status_code, answer.json()["closing_reason"]) == (200, REASON)


@pytest.mark.parametrize(
    ("reads", "owned", "reason", "status"),
    [("0.09", True, REASON, 400), ("0.01", False, REASON, 403), ("0.01", True, "short", 400)],
)
def test_the_api_refuses_what_the_page_refuses(client, officer, reads, owned, reason, status):
    alert = AlertFactory(reads=Decimal(reads))
    if owned:
        Alert.objects.update(owner=officer)

    answer = client.post(f"/api/v1/alerts/{alert.pk}/close/", {"reason": reason}, content_type="application/json")

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_api_lists_and_assigns(client, officer):
    alert = AlertFactory(owner=None)

    answer = client.post(f"/api/v1/alerts/{alert.pk}/assign/", {"owner": officer.pk}, content_type="application/json")

    assert answer.json()["owner"] == officer.pk
    assert [row["id"] for row in client.get("/api/v1/alerts/?open=true").json()["results"]] == [str(alert.pk)]


def test_the_api_is_closed_to_a_role_without_the_permission(client):
    client.force_login(UserFactory(role="marketing"))

    assert client.get("/api/v1/alerts/").status_code == 403
