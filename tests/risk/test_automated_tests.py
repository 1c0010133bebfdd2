from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from risk.control_measures import CONTROL_MEASURES
from risk.models import AutomatedRun, ConflictRule, Control
from risk.services.automated_tests import run_control_tests
from risk.services.duties import find_conflicts
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.assurance import FindingFactory
from tests.factories.customers import AccountFactory
from tests.factories.response import AutomatedRunFactory, ControlFactory
from tests.factories.risk import RiskFactory
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 30)


def ran(control, day=DAY):
    run_control_tests(business_date=day)
    return control.runs.get(as_of=day)


def late_risk(**more):
    return RiskFactory(review_on=DAY - timedelta(days=1), **more)


@pytest.mark.parametrize("code", sorted(CONTROL_MEASURES))
def test_every_measure_runs_on_an_empty_company(code):
    run = ran(ControlFactory(measure=code))

    assert run.exceptions == 0
    assert run.passed


def test_reviews_overdue_are_counted_with_their_keys_within_the_controls_line():
    mine, _other, fine = (
        late_risk(line_id="p2p"),
        late_risk(line_id="payment"),
        RiskFactory(line_id="p2p", review_on=DAY),
    )
    late_risk(line_id="p2p", status="closed", closing_reason="Gone")

    run = ran(ControlFactory(measure="reviews_overdue", line_id="p2p"))

    assert (run.population, run.exceptions, run.keys, run.passed) == (2, 1, [mine.reference], False)
    assert fine.reference not in run.keys


def test_findings_overdue_are_counted():
    finding = FindingFactory(due_on=DAY - timedelta(days=1))
    FindingFactory(due_on=DAY)

    run = ran(ControlFactory(measure="findings_overdue"))

    assert (run.population, run.exceptions, run.keys) == (2, 1, [finding.reference])


def test_customers_with_an_account_and_no_kyc_rating_are_counted():
    account = AccountFactory(opened_on=DAY)
    AccountFactory(opened_on=DAY + timedelta(days=1))
    account.customer.refresh_from_db()

    run = ran(ControlFactory(measure="accounts_without_kyc"))

    assert (run.population, run.keys) == (1, [account.customer.reference])


def test_people_who_hold_both_roles_of_a_rule_are_counted():
    with past_the_guards():
        ConflictRule.objects.all().delete()
        ConflictRule.objects.create(first="risk", second="compliance", reasons={"en": "One judges the other"})
    both = UserFactory(roles=["risk", "compliance"])
    UserFactory(roles=["risk", "service"])

    run = ran(ControlFactory(measure="conflicting_roles"))

    assert run.keys == [str(both.pk)]


def test_the_night_counts_whom_the_page_names():
    """By roles, by what a role brings and by permissions of one's own, under all rules in force."""
    for roles in (["risk", "compliance"], ["administrator"], ["service", "service_lead"], ["marketing"]):
        UserFactory(roles=roles)
    run = ran(ControlFactory(measure="conflicting_roles"))

    named = {str(holder.person.pk) for conflict in find_conflicts(DAY) for holder in conflict.open}
    assert set(run.keys) == named
    assert len(named) > 1


def test_a_run_passes_within_its_tolerance_and_keeps_a_hundred_keys():
    for _ in range(101):
        late_risk(owner=None)
    control = ControlFactory(measure="reviews_overdue", tolerance=101)

    run = ran(control)

    assert (run.exceptions, len(run.keys), run.passed) == (101, 100, True)


def test_the_owner_hears_of_a_failure_once_until_it_has_passed_again():
    risk, control = late_risk(), ControlFactory(measure="reviews_overdue")
    told = Notification.objects.filter(user=control.owner)

    for days in (0, 1):
        run_control_tests(business_date=DAY + timedelta(days=days))
    assert told.count() == 1
    risk.review_on = DAY + timedelta(days=30)
    risk.save()
    run_control_tests(business_date=DAY + timedelta(days=2))
    risk.review_on = DAY
    risk.save()
    run_control_tests(business_date=DAY + timedelta(days=3))

    assert told.count() == 2
    assert [run.passed for run in control.runs.order_by("as_of")] == [False, False, True, False]


def test_a_second_run_of_a_day_writes_nothing_and_an_older_day_is_not_the_latest():
    control = ControlFactory(measure="reviews_overdue")
    assert run_control_tests(business_date=DAY) == 1
    assert run_control_tests(business_date=DAY) == 0
    run_control_tests(business_date=DAY - timedelta(days=5))

    control.refresh_from_db()
    assert control.last_run.as_of == DAY


def test_a_measure_that_is_no_more_is_left_alone():
    ControlFactory(measure="gone")

    assert run_control_tests(business_date=DAY) == 0


def test_a_run_never_changes():
    run = AutomatedRunFactory()
    for change in (
        lambda: AutomatedRun.objects.update(exceptions=0, passed=True),
        lambda: AutomatedRun.objects.filter(pk=run.pk).delete(),
        lambda: AutomatedRunFactory(exceptions=3, passed=True, as_of=date(2026, 1, 1)),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_pages_show_the_runs_and_open_the_exceptions(client):
    risk, control = late_risk(), ControlFactory(measure="reviews_overdue")
    run = ran(control)
    client.force_login(UserFactory(role="risk"))

    page = client.get(reverse("risk:control_detail", args=[control.code])).content.decode()
    detail = client.get(reverse("risk:run_detail", args=[run.pk])).content.decode()

    assert "Fails: 1" in page
    assert reverse("risk:run_detail", args=[run.pk]) in page
    assert reverse("risk:risk_detail", args=[risk.reference]) in detail
    assert client.get("/api/v1/control-runs/").json()["results"][0]["keys"] == [risk.reference]


def test_a_measure_is_chosen_on_the_form_from_those_there_are(client):
    client.force_login(UserFactory(role="risk"))
    owner = UserFactory(role="risk")
    form = {"code": "kyc", "name": "KYC before accounts", "kind": "preventive", "frequency": "daily", "owner": owner.pk}

    assert client.post(reverse("risk:control_create"), form | {"measure": "drop table"}).status_code == 422
    assert client.post(reverse("risk:control_create"), form | {"measure": "accounts_without_kyc"}).status_code == 302

    assert Control.objects.values_list("measure", "tolerance").get() == ("accounts_without_kyc", 0)


def test_a_run_of_another_line_is_not_there(client):
    run = AutomatedRunFactory(control__line_id="p2p")
    client.force_login(UserFactory(role="risk", business_lines=["payment"]))

    assert client.get(reverse("risk:run_detail", args=[run.pk])).status_code == 404
