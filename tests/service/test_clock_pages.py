"""Pages of deadlines, policies and calendars: what they show, ask for, and refuse."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from service.clock_chips import Chips
from service.models import (
    BusinessCalendar,
    CalendarException,
    CalendarWeek,
    ChosenCause,
    OpeningInterval,
    SlaPolicy,
    Ticket,
    TicketClock,
)
from service.services.breaches import causes_of, kept_by
from service.services.clocks import lay_out_and_recompute, reckon, recompute_open
from service.services.policies import as_arguments, preview
from service.services.tickets import open_ticket, set_status
from staff.models import ChangeRequest
from staff.services.changes import propose
from tests.factories.changes import agreed
from tests.factories.customers import PersonFactory
from tests.factories.service import QueueFactory, TicketFactory
from tests.factories.staff import UserFactory

NOW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)  # Wednesday, 09:30 in Shanghai
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def old_ticket(**more):
    ticket = TicketFactory(**{"channel": "email", **more})
    Ticket.objects.filter(pk=ticket.pk).update(opened_at=timezone.now() - timedelta(days=30))
    reckon([ticket.pk], first=timezone.now() - timedelta(days=30), at=timezone.now())
    return ticket


def signed_in(client, role):
    person = UserFactory(role=role)
    client.force_login(person)
    return person


def version(**more):
    return {
        "name": "Every ticket", "valid_from": "2020-01-02", "valid_to": "", "rank": "1000", "calendar": _cn().pk,
        "target_1": "", "target_2": "", "target_3": "60 / – / 600", "target_4": "", "steps": "first 80% notify_lead",
        "reason": "As the board decided", **more,
    }  # fmt: skip


def _cn():
    return BusinessCalendar.objects.get(code="office-cn")


# Chips -----------------------------------------------------------------------------------------------------------------
def chip(ticket, at, kind="first"):
    return str(Chips(at).of(ticket.clocks.select_related("policy__calendar").get(kind=kind)))


@pytest.mark.parametrize(
    ("minutes", "tone", "said"),
    [
        (0, "neutral", "4 h left"),
        (149, "neutral", "1 h 31 min left"),
        (270, "amber", "1 h left"),
        (331, "red", "1 min over"),
    ],
)
def test_a_chip_counts_down_open_time(minutes, tone, said):
    ticket = open_ticket(actor=None, channel="app", subject="Money", at=NOW)

    shown = chip(ticket, NOW + minutes * MINUTE)

    assert f"pill-{tone}" in shown
    assert said in shown


def test_a_chip_of_a_clock_that_stands_still_says_why():
    ticket = open_ticket(actor=None, channel="app", subject="Money", at=NOW)
    set_status(actor=UserFactory(role="service"), ticket_id=ticket.pk, status="waiting", at=NOW + HOUR)

    assert "Paused: Waiting for the customer" in chip(ticket, NOW + 2 * HOUR)
    assert "1 h of 4 h used" in chip(ticket, NOW + 2 * HOUR)


def test_a_ticket_shows_its_deadlines_and_the_list_its_next_one(client):
    ticket = old_ticket(assignee=UserFactory(role="service"))
    signed_in(client, "service")

    page = client.get(reverse("service:ticket_detail", args=[ticket.reference])).content.decode()
    assert "First response: " in page
    assert reverse("service:clock_ticket", args=[ticket.reference]) in page

    assert "over</span>" in client.get(reverse("service:ticket_list"), {"state": "open"}).content.decode()


# Breaches --------------------------------------------------------------------------------------------------------------
def test_an_agent_says_the_cause_and_the_report_follows(client):
    ticket = old_ticket()
    clock = ticket.clocks.get(kind="first")
    person = signed_in(client, "service")

    answer = client.post(reverse("service:clock_cause", args=[ticket.reference, clock.pk]), {"cause": "other_team"})

    assert answer["Location"] == reverse("service:clock_ticket", args=[ticket.reference])
    assert ChosenCause.objects.get(clock=clock).by == person
    assert dict(causes_of(TicketClock.objects.all())) == {"other_team": 1, "unassigned": 1, "late": 0, "reopened": 0}
    page = client.get(reverse("service:clock_ticket", args=[ticket.reference])).content.decode()
    assert "Waited for another team" in page


def test_a_cause_is_said_of_a_breach_alone(client):
    ticket = open_ticket(actor=None, channel="app", subject="Money", at=timezone.now())
    signed_in(client, "service")

    clock = ticket.clocks.get(kind="first")
    assert client.get(reverse("service:clock_cause", args=[ticket.reference, clock.pk])).status_code == 404


def test_promises_kept_count_what_has_ended():
    queue = QueueFactory(name="Funds")
    old_ticket(queue=queue)
    done = open_ticket(actor=None, channel="app", subject="Money", at=NOW, queue=queue)
    set_status(actor=UserFactory(role="service"), ticket_id=done.pk, status="resolved", at=NOW + HOUR)
    open_ticket(actor=None, channel="app", subject="Not yet", at=timezone.now(), queue=queue)

    (found,) = kept_by(TicketClock.objects.all(), "ticket__queue__name", at=timezone.now())

    assert (found.key, found.ended, found.breached, found.share) == ("Funds", 4, 2, 0.5)


@pytest.mark.parametrize("page", ["service:breach_report", "service:breach_list"])
def test_pages_of_breaches_cost_the_same_for_any_number(client, page):
    signed_in(client, "service_lead")
    counts = []
    for _turn in range(2):
        old_ticket(queue=QueueFactory(), assignee=UserFactory(role="service"))
        old_ticket(queue=QueueFactory(), assignee=UserFactory(role="service"))
        client.get(reverse(page))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse(page)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_breaches_are_found_by_their_cause_and_exported(client):
    late = old_ticket(assignee=UserFactory(role="service"))
    old_ticket()
    signed_in(client, "service_lead")

    page = client.get(reverse("service:breach_list"), {"cause": "late"}).content.decode()
    assert page.count(f"/service/tickets/{late.reference}/clocks/") >= 2
    assert page.count("/clocks/") == page.count(f"/service/tickets/{late.reference}/clocks/")

    answer = client.post(reverse("service:breach_export"), {"query": "cause=late", "format": "csv"})
    assert answer.status_code == 302
    assert "/staff/jobs/" in answer["Location"]


def test_breaches_of_other_regions_are_not_seen(client):
    old_ticket()
    elsewhere = old_ticket(customer=PersonFactory(region="Hubei"))
    client.force_login(UserFactory(role="service_lead", regions=["Zhejiang"]))

    assert elsewhere.reference not in client.get(reverse("service:breach_list")).content.decode()
    assert client.get(reverse("service:clock_ticket", args=[elsewhere.reference])).status_code == 404


# Policies --------------------------------------------------------------------------------------------------------------
def test_a_version_is_shown_first_then_asked_for_and_holds_once_agreed_to(client):
    ticket = open_ticket(actor=None, channel="app", subject="Money", at=timezone.now())
    signed_in(client, "service_lead")
    url = reverse("service:policy_version", args=["default"])

    shown = client.post(url, version())
    assert "What it would do now" in shown.content.decode()
    assert "2 clocks get a nearer deadline." in shown.content.decode()
    assert not ChangeRequest.objects.exists()

    mark = shown.context["form"].data["previewed"]
    assert client.post(url, version(previewed=mark))["Location"] == reverse("service:policy_detail", args=["default"])
    request = ChangeRequest.objects.get()
    agreed(request, UserFactory(role="compliance"))

    newest = SlaPolicy.objects.get(valid_from=date(2020, 1, 2))
    assert newest.targets == {"3": {"first": 60, "resolution": 600}}
    assert newest.steps == [{"kind": "first", "percent": 80, "after": 0, "action": "notify_lead"}]
    recompute_open(at=timezone.now())
    assert ticket.clocks.get(kind="first").target_seconds == 3_600


def test_what_was_changed_after_the_preview_is_shown_again(client):
    signed_in(client, "service_lead")
    url = reverse("service:policy_version", args=["default"])
    mark = client.post(url, version()).context["form"].data["previewed"]

    again = client.post(url, version(target_3="30 / – / 600", previewed=mark))

    assert again.status_code == 200
    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"target_3": "sixty"}, "three numbers of minutes"),
        ({"target_3": "60 / 60"}, "three numbers of minutes"),
        ({"target_3": ""}, "Give a target"),
        ({"target_3": "0 / 1 / 1"}, "A target is 1 to"),
        ({"steps": "first 80% shout"}, "Step 1 names no clock"),
        ({"steps": "80%"}, "Line 1 is no step"),
        ({"steps": "first 80% reassign"}, "Step 1 names a queue"),
        ({"steps": "first 80% notify_lead\nfirst 80% notify_lead"}, "Two steps are the same"),
        ({"valid_to": "2019-01-01"}, "The last day is before the first"),
        ({"valid_from": "2020-01-01"}, "begins on that day already"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_with_a_sentence(client, more, said):
    signed_in(client, "service_lead")

    answer = client.post(reverse("service:policy_version", args=["default"]), version(**more))

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_new_policy_has_a_code_of_its_own(client):
    signed_in(client, "service_lead")

    answer = client.post(reverse("service:policy_create"), version(code="default"))
    assert "policy of this code already" in answer.content.decode()

    mark = client.post(reverse("service:policy_create"), version(code="vip")).context["form"].data["previewed"]
    client.post(reverse("service:policy_create"), version(code="vip", previewed=mark))
    agreed(ChangeRequest.objects.get(), UserFactory(role="management"))
    assert SlaPolicy.objects.filter(code="vip").exists()


def test_a_preview_counts_and_writes_nothing():
    open_ticket(actor=None, channel="app", subject="Money", at=NOW)
    open_ticket(actor=None, channel="phone", subject="Call", at=NOW)
    before = list(TicketClock.objects.order_by("pk").values())
    said = {
        "code": "phone", "name": "Phone", "valid_from": date(2026, 1, 1), "valid_to": None, "rank": 1, "kinds": [],
        "channels": ["phone"], "priorities": [], "lines": [], "queues": [], "languages": [], "calendar_id": _cn().pk,
        "targets": {"3": {"next": 60}}, "steps": [], "pause_held": True,
    }  # fmt: skip

    found = preview(arguments=as_arguments(said), at=NOW + HOUR)

    assert found == {"tickets": 2, "nearer": 0, "later": 0, "gained": 0, "lost": 1, "passed": 0, "same": 2}
    assert list(TicketClock.objects.order_by("pk").values()) == before


# Calendars -------------------------------------------------------------------------------------------------------------
def test_other_hours_hold_once_somebody_else_agrees(client):
    ticket = open_ticket(actor=None, channel="app", subject="Money", at=NOW)
    signed_in(client, "service_lead")
    hours = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-12:00")
    asked = {"valid_from": "2026-11-01", "reason": "Mornings alone from now on", **hours}

    client.post(reverse("service:calendar_week", args=["office-cn"]), asked)
    agreed(ChangeRequest.objects.get(), UserFactory(role="compliance"))
    lay_out_and_recompute(at=NOW)

    assert CalendarWeek.objects.get(valid_from=date(2026, 11, 1)).saturday == ""
    assert ticket.clocks.get(kind="first").due_at == datetime(2026, 11, 26, 2, 30, tzinfo=UTC)


def test_a_day_of_its_own_is_asked_for_and_closes_the_calendar(client):
    signed_in(client, "service_lead")
    asked = {"day": "2026-12-24", "hours": "", "name": "Christmas Eve", "reason": "Half of the office is away"}

    client.post(reverse("service:calendar_day", args=["office-eu"]), asked)
    agreed(ChangeRequest.objects.get(), UserFactory(role="management"))
    lay_out_and_recompute(at=NOW)

    calendar = BusinessCalendar.objects.get(code="office-eu")
    assert CalendarException.objects.get().name == "Christmas Eve"
    assert not OpeningInterval.objects.filter(calendar=calendar, opens_at__date=date(2026, 12, 24)).exists()


@pytest.mark.parametrize("hours", ["9 to 5", "12:00-09:00", "09:00-12:00, 11:00-13:00", "<script>", "早上"])
def test_hours_that_cannot_be_are_refused(client, hours):
    signed_in(client, "service_lead")

    answer = client.post(
        reverse("service:calendar_week", args=["office-cn"]),
        {"valid_from": "2026-12-01", "monday": hours, "reason": "Other hours from December"},
    )

    assert answer.status_code == 422
    assert "Write openings as 09:00-12:00" in answer.content.decode()


@pytest.mark.parametrize(
    "page",
    [
        ("service:policy_list",), ("service:policy_detail", "default"), ("service:calendar_list",),
        ("service:calendar_detail", "office-cn"), ("service:policy_create",), ("service:breach_report",),
    ],
)  # fmt: skip
def test_who_has_no_part_in_it_sees_nothing_of_it(client, page):
    signed_in(client, "marketing")

    assert client.get(reverse(page[0], args=page[1:])).status_code == 403


def test_an_agent_may_read_policies_and_not_ask_for_them(client):
    person = signed_in(client, "service")

    assert client.get(reverse("service:policy_detail", args=["default"])).status_code == 200
    assert client.get(reverse("service:policy_version", args=["default"])).status_code == 403
    with pytest.raises(Exception, match="may not ask"):
        propose(actor=person, command="service.policy.set", arguments={}, reason="x", at=NOW)
