from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from assurance.models import Finding
from assurance.services.engagements import change_unit, close_engagement, plan_engagement
from assurance.services.findings import (
    answer_finding,
    finish_finding,
    raise_finding,
    remind_of_findings,
    return_finding,
    verify_finding,
)
from risk.models import Reassessment
from risk.services.register import rate_risk
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.assurance import EngagementFactory, FindingFactory, UnitFactory
from tests.factories.incidents import CaseFactory, an_activation
from tests.factories.risk import AlertFactory, RiskFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now
WORDS = "Two people release every payout since Monday; the log shows it."


@pytest.fixture
def auditor(db):
    return UserFactory(role="internal_audit")


def done(**more):
    """A finding that its owner says is mended."""
    finding = FindingFactory(**more)
    return finish_finding(actor=finding.owner, finding_id=finding.pk, evidence=WORDS, at=NOW())


def raised(engagement, **more):
    fields = {
        "title": "One person releases payouts", "severity": "high", "condition": "One releases.", "criteria": "Two release.",
        "owner": UserFactory(role="product"), "due_on": date(2026, 9, 30), "at": NOW(), "actor": engagement.lead, **more,
    }  # fmt: skip
    return raise_finding(engagement=engagement, **fields)


def test_from_raised_to_verified_by_three_people(auditor):
    finding = FindingFactory()
    answer_finding(actor=finding.owner, finding_id=finding.pk, response="A second release by June.", at=NOW())
    finish_finding(actor=finding.owner, finding_id=finding.pk, evidence=WORDS, at=NOW())

    verify_finding(actor=auditor, finding_id=finding.pk, verification="Read 25 releases of May.", at=NOW())

    finding.refresh_from_db()
    assert (finding.state, finding.verified_by, finding.done_by) == ("verified", auditor, finding.owner)


def test_whoever_owns_the_area_does_not_verify(auditor):
    finding = done()
    finding.engagement.unit.owners.add(auditor)

    with pytest.raises(PermissionDenied, match="own this area"):
        verify_finding(actor=auditor, finding_id=finding.pk, verification=WORDS, at=NOW())


def test_whoever_did_the_work_does_not_verify():
    both = UserFactory(roles=["internal_audit", "product"])
    finding = done(owner=both)

    with pytest.raises(PermissionDenied, match="did this work"):
        verify_finding(actor=both, finding_id=finding.pk, verification=WORDS, at=NOW())


def _verified(finding, person, more=""):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE assurance_finding SET verified_by_id = %s, verified_at = now(), state = 'verified'"
            + more
            + " WHERE id = %s",
            [person.pk, finding.pk],
        )


@pytest.mark.parametrize("who", ["area", "owner", "doer"])
def test_nor_does_sql(auditor, who):
    finding = done()
    person = {"area": auditor, "owner": finding.owner, "doer": finding.done_by}[who]
    finding.engagement.unit.owners.add(auditor)

    with pytest.raises(DatabaseError, match="owns neither the area nor the work"), transaction.atomic():
        _verified(finding, person)
    with pytest.raises(DatabaseError, match="owns neither"), transaction.atomic():
        _verified(finding, person, f", owner_id = {UserFactory().pk}, done_by_id = {UserFactory().pk}")

    finding.refresh_from_db()
    assert finding.verified_by is None


def test_sql_verifies_nothing_that_is_not_done_and_changes_nothing_that_is_verified(auditor):
    finding = FindingFactory(evidence=WORDS)
    with pytest.raises(DatabaseError, match="has said that it is done"), transaction.atomic():
        _verified(finding, auditor)
    mended = done()
    _verified(mended, auditor)
    for statement in ("UPDATE assurance_finding SET title = 'x'", "DELETE FROM assurance_finding"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_sql_puts_no_owner_of_an_area_at_the_head_of_its_audit(auditor):
    engagement = EngagementFactory(unit=UnitFactory(owned_by=[auditor]))

    with pytest.raises(DatabaseError, match="does not own the area"), transaction.atomic():
        type(engagement).objects.filter(pk=engagement.pk).update(lead=auditor)


def test_the_lead_of_an_audit_is_independent_and_stays_so(auditor):
    unit = UnitFactory(owned_by=[auditor])
    plan = {"title": "Releases", "scope": "All of them", "starts_on": date(2026, 3, 2), "actor": auditor}
    with pytest.raises(ValidationError, match="owns this area"):
        plan_engagement(unit=unit, lead=auditor, **plan)
    engagement = plan_engagement(unit=unit, lead=UserFactory(role="internal_audit"), **plan)

    with pytest.raises(ValidationError, match="leads an open audit"):
        change_unit(actor=auditor, unit_id=unit.pk, owners=[engagement.lead], risks=[])


def test_a_finding_that_came_back_is_done_again(auditor):
    finding = done()
    return_finding(actor=auditor, finding_id=finding.pk, verification="Two releases of May were single.", at=NOW())
    assert Notification.objects.filter(user=finding.owner, title__contains="came back").count() == 1

    finish_finding(actor=finding.owner, finding_id=finding.pk, evidence="Those two as well.", at=NOW())
    verify_finding(actor=auditor, finding_id=finding.pk, verification=WORDS, at=NOW())


def test_only_its_owner_answers_and_nobody_after_the_end(auditor):
    finding = FindingFactory()
    with pytest.raises(PermissionDenied):
        answer_finding(actor=UserFactory(role="product"), finding_id=finding.pk, response=WORDS, at=NOW())
    finish_finding(actor=finding.owner, finding_id=finding.pk, evidence=WORDS, at=NOW())

    with pytest.raises(ValidationError, match="not possible any more"):
        answer_finding(actor=finding.owner, finding_id=finding.pk, response=WORDS, at=NOW())


def test_a_finding_forces_a_new_assessment_that_the_next_rating_answers(auditor):
    risk = RiskFactory(rated=(3, 3))
    finding = raised(EngagementFactory(), risk=risk)
    asked = Reassessment.objects.get(risk=risk)
    assert asked.cause_key == f"finding:{finding.pk}"
    assert Notification.objects.filter(user=risk.owner, key=f"reassessment:{asked.pk}").exists()

    place = {"likelihood": 3, "impact": 2, "reason": "The second release works.", "at": NOW()}
    rate_risk(actor=risk.owner, risk_id=risk.pk, kind="inherent", **place)
    asked.refresh_from_db()
    assert asked.rating is None
    rating = rate_risk(actor=risk.owner, risk_id=risk.pk, kind="residual", **place)

    asked.refresh_from_db()
    assert asked.rating == rating


def test_nothing_is_raised_in_a_closed_audit_nor_for_somebody_who_cannot_answer(auditor):
    engagement = EngagementFactory()
    with pytest.raises(ValidationError, match="may not answer"):
        raised(engagement, owner=auditor)
    close_engagement(actor=engagement.lead, engagement_id=engagement.pk, conclusion="Nothing more.", at=NOW())
    engagement.refresh_from_db()

    with pytest.raises(ValidationError, match="is closed"):
        raised(engagement)


def test_overdue_findings_are_told_once_and_grave_ones_to_management(auditor):
    boss = UserFactory(role="management")
    grave, small = FindingFactory(severity="critical"), FindingFactory(severity="low")
    FindingFactory(due_on=date(2026, 7, 1))
    assert remind_of_findings(business_date=date(2026, 6, 30)) == 0

    assert remind_of_findings(business_date=date(2026, 7, 1)) == 5
    assert remind_of_findings(business_date=date(2026, 7, 1)) == 0

    assert set(Notification.objects.filter(user=boss).values_list("url", flat=True)) == {
        reverse("assurance:finding_detail", args=[grave.reference])
    }
    assert Notification.objects.filter(user=small.owner).exists()


def test_an_owner_sees_their_findings_and_no_others(client, auditor):
    finding, other = FindingFactory(), FindingFactory()
    client.force_login(finding.owner)

    page = client.get(reverse("assurance:finding_list")).content.decode()

    assert finding.reference in page
    assert other.reference not in page
    assert client.get(reverse("assurance:finding_detail", args=[other.reference])).status_code == 404


def test_the_thread_runs_from_the_breach_to_the_new_assessment(client, auditor):
    risk, alert = RiskFactory(rated=(3, 3)), AlertFactory()
    alert.indicator.risks.add(risk)
    activation = an_activation(case=CaseFactory(alert=alert, risk=risk, opened_at=NOW()))
    finding = raised(EngagementFactory(), risk=risk, activation=activation, at=NOW() + timedelta(minutes=1))
    rate_risk(
        actor=risk.owner, risk_id=risk.pk, kind="residual", likelihood=2, impact=3, reason="Drilled and mended.",
        at=NOW() + timedelta(minutes=2),
    )  # fmt: skip
    client.force_login(UserFactory(roles=["risk", "internal_audit"]))

    tied = client.get(reverse("risk:risk_thread", args=[risk.reference])).context["thread"]

    kinds = [one.knot.key.split(":")[0] for one in tied]
    assert kinds == ["alert", "case", "activation", "finding", "reassessment", "rating"]
    assert [one.depth for one in tied] == [0, 1, 2, 3, 4, 5]
    assert Finding.objects.get() == finding


def test_lists_cost_the_same_for_one_row_and_three(client, auditor, django_assert_max_num_queries):
    client.force_login(auditor)
    FindingFactory(risk=RiskFactory())
    for name in ("assurance:finding_list", "assurance:engagement_list", "assurance:unit_list"):
        client.get(reverse(name))
        with django_assert_max_num_queries(40) as one:
            client.get(reverse(name))
        FindingFactory(risk=RiskFactory()), FindingFactory()
        with django_assert_max_num_queries(len(one.captured_queries)):
            client.get(reverse(name))


def test_an_area_leads_to_its_audits_and_an_audit_to_its_findings(client, auditor):
    finding = FindingFactory()
    client.force_login(auditor)
    audit = reverse("assurance:engagement_detail", args=[finding.engagement.reference])

    assert f'href="{audit}"' in client.get(
        reverse("assurance:unit_detail", args=[finding.engagement.unit.code])
    ).content.decode()  # fmt: skip
    assert (
        f'href="{reverse("assurance:finding_detail", args=[finding.reference])}"' in client.get(audit).content.decode()
    )


def test_an_owner_who_does_not_see_the_register_is_not_told_of_the_risk(client):
    finding = FindingFactory(owner=UserFactory(role="marketing"), risk=RiskFactory())
    client.force_login(finding.owner)

    assert client.get(f"/api/v1/findings/{finding.reference}/").json()["risk"] is None
    assert finding.risk.reference not in client.get(reverse("assurance:finding_list")).content.decode()
    assert finding.risk.reference not in client.get(
        reverse("assurance:finding_detail", args=[finding.reference])
    ).content.decode()  # fmt: skip
