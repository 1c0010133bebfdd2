from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from incidents.models import Incident, NoticeRule
from incidents.services.incidents import (
    close_incident,
    meet_clock,
    reach_stage,
    report_incident,
    tell_of_clocks,
    write_in_incident,
)
from risk.threads import thread_of
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.incidents import CaseFactory
from tests.factories.losses import IncidentFactory, LossFactory
from tests.factories.risk import RiskFactory
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db
LEAP = datetime(2028, 2, 28, 23, 30, tzinfo=UTC)


def reported(**more):
    owner = more.pop("owner", None) or UserFactory(role="risk")
    said = {
        "title": "A file of customers lay open", "kind": "personal_data", "severity": "high", "owner": owner,
        "occurred_at": LEAP - timedelta(hours=30), "detected_at": LEAP, "at": LEAP + timedelta(hours=1),
        "jurisdictions": ["EU"],
    }  # fmt: skip
    return report_incident(actor=owner, **{**said, **more})


def due(incident, told):
    return incident.clocks.get(rule__told=told).due_at


def test_a_leak_of_european_data_is_told_to_the_authority_within_72_hours_of_its_detection():
    """GDPR, article 33(1): across the end of a February with 29 days."""
    assert due(reported(), "authority") == datetime(2028, 3, 2, 23, 30, tzinfo=UTC)


def test_clocks_follow_kind_and_place():
    def told(**more):
        return set(reported(**more).clocks.values_list("rule__jurisdiction", "rule__told"))

    assert told(jurisdictions=["CN", "EU"]) == {
        ("EU", "authority"), ("CN", "authority"), ("CN", "persons"), ("", "management"),
    }  # fmt: skip
    assert told(kind="system", jurisdictions=["EU"]) == {("", "management")}
    assert told(jurisdictions=[]) == {("", "management")}


def test_the_rule_counts_that_was_in_force_when_it_was_detected():
    with past_the_guards():
        NoticeRule.objects.create(
            kind="personal_data", jurisdiction="EU", told="authority", hours=96, valid_from=LEAP.date() + timedelta(days=2),
            source="Planned change of article 33",
        )  # fmt: skip
    later = LEAP + timedelta(days=3)

    assert due(reported(), "authority") - LEAP == timedelta(hours=72)
    assert due(reported(detected_at=later, at=later), "authority") - later == timedelta(hours=96)


@pytest.mark.parametrize(
    "wrong",
    [
        {"detected_at": LEAP - timedelta(hours=31)},
        {"detected_at": LEAP + timedelta(hours=2)},
        {"occurred_at": LEAP + timedelta(hours=2)},
        {"title": " "},
        {"kind": "weather"},
    ],
)
def test_an_incident_that_cannot_be_is_refused_whole(wrong):
    with pytest.raises(ValidationError):
        reported(**wrong)

    assert not Incident.objects.exists()


def test_times_to_detect_and_contain_are_those_between_the_moments():
    incident = reported()
    reach_stage(
        actor=incident.owner, incident_id=incident.pk, stage="contained", reached_at=LEAP + timedelta(hours=4),
        text="Closed the bucket", at=LEAP + timedelta(hours=5),
    )  # fmt: skip
    incident.refresh_from_db()

    assert (incident.time_to_detect, incident.time_to_contain) == (timedelta(hours=30), timedelta(hours=4))
    assert incident.stage == "contained"


def test_stages_come_in_order_and_once():
    incident = IncidentFactory()
    now = timezone.now()

    def reach(stage, at):
        reach_stage(actor=incident.owner, incident_id=incident.pk, stage=stage, reached_at=at, text="Done", at=now)

    with pytest.raises(ValidationError, match="record that first"):
        reach("resolved", now)
    with pytest.raises(ValidationError, match="before what came before"):
        reach("contained", incident.detected_at - timedelta(minutes=1))
    with pytest.raises(ValidationError, match="future"):
        reach("contained", now + timedelta(minutes=1))
    reach("contained", now)
    with pytest.raises(ValidationError, match="already"):
        reach("contained", now)


def test_an_incident_is_closed_by_its_owner_once_it_is_resolved_and_every_notice_was_given():
    incident = reported()
    after = LEAP + timedelta(hours=80)

    def close(actor=incident.owner):
        close_incident(actor=actor, incident_id=incident.pk, root_cause="No owner", post_mortem="We learnt", at=after)

    with pytest.raises(PermissionDenied):
        close(UserFactory(role="risk"))
    with pytest.raises(ValidationError, match="not resolved"):
        close()
    for stage in ("contained", "resolved"):
        reach_stage(actor=incident.owner, incident_id=incident.pk, stage=stage, reached_at=after, text="Done", at=after)
    with pytest.raises(ValidationError, match="still owed"):
        close()
    for clock in incident.clocks.all():
        meet_clock(actor=incident.owner, clock_id=clock.pk, met_at=after, note="By letter, 通知", at=after)
    close()
    with pytest.raises(ValidationError, match="is closed"):
        write_in_incident(actor=incident.owner, incident_id=incident.pk, text="More", at=after)

    assert incident.clocks.get(rule__told="authority").was_late


def test_a_notice_is_given_once_and_stands_in_the_log_of_what_was_told():
    incident = reported()
    clock = incident.clocks.get(rule__told="authority")
    at = LEAP + timedelta(hours=70)

    meet_clock(actor=incident.owner, clock_id=clock.pk, met_at=at, note="Form 12 by portal", at=at)
    with pytest.raises(ValidationError, match="already"):
        meet_clock(actor=incident.owner, clock_id=clock.pk, met_at=at, note="Again", at=at)

    entry = incident.entries.get()
    assert (entry.told, entry.text, entry.at) == ("the authority", "Form 12 by portal", at)
    clock.refresh_from_db()
    assert not clock.was_late


def test_owners_hear_of_notices_once_before_and_once_after_they_are_due():
    incident = reported(jurisdictions=[])
    due_at = due(incident, "management")

    def tell(at):
        return tell_of_clocks(at=at, ahead=timedelta(hours=4))

    assert tell(due_at - timedelta(hours=5)) == 0
    assert [tell(due_at - timedelta(hours=3)) for _ in range(2)] == [1, 0]
    assert [tell(due_at + timedelta(minutes=1)) for _ in range(2)] == [1, 0]
    assert Notification.objects.filter(user=incident.owner, key__startswith="notice:").count() == 2


def test_what_was_written_stays_for_raw_sql_too():
    incident = IncidentFactory()
    entry = write_in_incident(actor=incident.owner, incident_id=incident.pk, text="Seen", at=timezone.now())

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        type(entry).objects.filter(pk=entry.pk).update(text="Not seen")


def test_the_thread_runs_from_case_to_incident_to_loss():
    risk = RiskFactory()
    incident = IncidentFactory(risk=risk, case=CaseFactory(risk=risk))
    LossFactory(incident=incident)

    tied = thread_of(UserFactory(role="risk"), risk)

    assert [(one.knot.key.partition(":")[0], one.depth) for one in tied] == [("case", 0), ("incident", 1), ("loss", 2)]


def test_the_page_reports_and_leads_on(client):
    owner = UserFactory(role="risk")
    client.force_login(owner)
    form = {
        "title": "Zahlungen doppelt · 重复付款", "kind": "payment", "severity": "high", "owner": owner.pk,
        "occurred_at": "2026-01-31T23:00", "detected_at": "2026-02-01T00:30", "jurisdictions": ["CN"],
    }  # fmt: skip

    answer = client.post(reverse("incidents:incident_create"), form)

    made = Incident.objects.get()
    assert answer["Location"] == reverse("incidents:incident_detail", args=[made.reference])
    assert "重复付款" in client.get(answer["Location"]).content.decode()
    assert client.post(reverse("incidents:incident_create"), form | {"detected_at": "soon"}).status_code == 422


@pytest.mark.parametrize(("page", "factory"), [("incident_list", IncidentFactory), ("loss_list", LossFactory)])
def test_a_list_costs_the_same_for_one_row_and_for_three(client, page, factory):
    client.force_login(UserFactory(role="risk"))
    factory()

    one = queries_of(client, reverse(f"incidents:{page}"))
    factory.create_batch(2)

    assert queries_of(client, reverse(f"incidents:{page}")) == one


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    return len(asked)
