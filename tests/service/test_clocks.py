"""Clocks of tickets, against the rules of business time applied one state after the other."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.models import (
    BusinessCalendar,
    CalendarException,
    OpeningInterval,
    SlaPolicy,
    Ticket,
    TicketClock,
    TicketSpan,
)
from service.rules.business_time import add_business_time, business_time_between, intervals_between
from service.services.calendars import calendar_hours, cover, hours_of, lay_out, lay_out_again
from service.services.clocks import lay_out_and_recompute, mark_passed, reckon, recompute_open
from service.services.messages import add_message
from service.services.tickets import changed, open_ticket, set_status
from tests.factories.customers import PersonFactory
from tests.factories.service import QueueFactory, TicketFactory
from tests.factories.staff import UserFactory, past_the_guards

NOW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)  # Wednesday, 09:30 in Shanghai
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


def opened(at=NOW, **more):
    return open_ticket(actor=None, **{"channel": "app", "subject": "Where is my money?", "at": at, **more})


def clock(ticket, kind="resolution"):
    return TicketClock.objects.filter(ticket=ticket, kind=kind).latest("started_at")


def policy(**fields):
    with past_the_guards():
        return SlaPolicy.objects.create(
            **{
                "code": "own", "name": "Own", "valid_from": date(2020, 1, 1), "rank": 10,
                "calendar": BusinessCalendar.objects.get(code="office-cn"), "targets": {"3": {"resolution": 480}},
                **fields,
            }
        )  # fmt: skip


def local(text):
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


# Openings in the database ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["office-cn", "office-eu", "office-gb", "office-us"])
def test_openings_in_the_database_are_those_of_the_rule(code):
    cover(first=NOW, at=NOW)

    calendar = BusinessCalendar.objects.get(code=code)
    found = list(calendar.openings.values_list("opens_at", "closes_at", "before", "until"))
    told = intervals_between(calendar.laid_from, calendar.laid_until, calendar_hours(code))

    assert [(opens, closes) for opens, closes, _before, _until in found] == told
    assert found[-1][3] == sum((b - a).total_seconds() for a, b in told)
    assert all(one[3] == two[2] for one, two in zip(found, found[1:], strict=False))
    assert (calendar.laid_from, calendar.laid_until) == (date(2024, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("code", "closed", "opened"),
    [
        ("office-gb", "2026-08-31", "2026-09-01"),
        ("office-gb", "2026-12-28", "2026-12-29"),
        ("office-us", "2026-11-26", "2026-11-27"),
        ("office-us", "2026-07-03", "2026-07-06"),
        ("office-eu", "2027-03-29", "2027-03-30"),
    ],
)
def test_a_policys_clock_rests_on_the_public_holidays_of_its_calendar(code, closed, opened):
    """A ticket of the day itself, at noon there, has eight hours: all of the next open day's are left."""
    hours = calendar_hours(code)
    noon = datetime.fromisoformat(f"{closed}T12:00").replace(tzinfo=ZoneInfo(hours.zone))

    due = add_business_time(noon, 8 * HOUR, hours)

    assert f"{due.astimezone(ZoneInfo(hours.zone)):%Y-%m-%dT%H:%M}" == f"{opened}T17:00"


def test_laying_out_again_changes_nothing_until_a_day_does():
    cover(first=NOW, at=NOW)
    assert lay_out_again(at=NOW) == []

    calendar = BusinessCalendar.objects.get(code="office-eu")
    with past_the_guards():
        CalendarException.objects.create(calendar=calendar, day=date(2026, 12, 24), name="Christmas Eve")

    assert lay_out_again(at=NOW) == [calendar.pk]
    assert not OpeningInterval.objects.filter(calendar=calendar, opens_at__date=date(2026, 12, 24)).exists()


def test_a_ticket_older_than_what_is_laid_out_is_counted_from_its_own_day():
    ticket = opened(at=local("2019-12-31T17:00"))
    older = opened(at=local("2021-03-01T17:30"))

    assert not ticket.clocks.exists()  # no policy held then
    assert clock(older).due_at == add_business_time(older.opened_at, 24 * HOUR, calendar_hours("office-cn"))


def test_calendars_reach_back_and_stay_whole():
    calendar = BusinessCalendar.objects.get(code="office-cn")
    lay_out(calendar_id=calendar.pk, first=date(2026, 5, 5), last=date(2026, 5, 5))
    lay_out(calendar_id=calendar.pk, first=date(2024, 5, 5), last=date(2024, 5, 5))

    calendar.refresh_from_db()
    assert (calendar.laid_from, calendar.laid_until) == (date(2024, 1, 1), date(2026, 12, 31))


# One ticket ------------------------------------------------------------------------------------------------------------
def test_a_new_ticket_has_its_deadlines_at_once():
    ticket = opened()

    assert clock(ticket, "first").due_at == local("2026-11-25T15:00")  # four hours, lunch between
    assert clock(ticket).due_at == local("2026-11-30T11:00")  # 24 hours over three days and a weekend
    ticket.refresh_from_db()
    assert ticket.due_at == local("2026-11-25T15:00")


def test_a_deadline_reaches_over_the_golden_week():
    ticket = opened(at=local("2026-09-30T16:00"))

    assert clock(ticket, "first").due_at == local("2026-10-08T11:00")


def test_who_is_on_the_phone_needs_no_first_response():
    ticket = opened(channel="phone")

    assert list(ticket.clocks.values_list("kind", flat=True)) == ["resolution"]


def test_an_answer_meets_the_first_response_and_a_question_starts_the_next():
    ticket, agent = opened(), UserFactory(role="service")
    add_message(actor=agent, ticket_id=ticket.pk, direction="out", text="Soon.", at=NOW + HOUR)
    assert (clock(ticket, "first").met_at, clock(ticket, "first").used_seconds) == (NOW + HOUR, 3600)
    assert not ticket.clocks.filter(kind="next").exists()

    add_message(actor=None, ticket_id=ticket.pk, direction="in", text="When?", at=NOW + 2 * HOUR)
    add_message(actor=None, ticket_id=ticket.pk, direction="in", text="Hello?", at=NOW + 2.25 * HOUR)
    waiting = clock(ticket, "next")
    assert (waiting.started_at, waiting.due_at) == (NOW + 2 * HOUR, local("2026-11-26T12:00"))

    add_message(actor=agent, ticket_id=ticket.pk, direction="out", text="Today.", at=NOW + 5 * HOUR)
    add_message(actor=None, ticket_id=ticket.pk, direction="in", text="Thanks, but", at=NOW + 6 * HOUR)
    assert [one.met_at for one in ticket.clocks.filter(kind="next")] == [NOW + 5 * HOUR, None]


def test_waiting_for_the_customer_stops_the_clock_and_their_answer_starts_it():
    ticket, agent = opened(), UserFactory(role="service")
    set_status(actor=agent, ticket_id=ticket.pk, status="waiting", at=NOW + HOUR)

    still = clock(ticket)
    assert (still.due_at, still.paused_since, still.why, still.used_seconds) == (None, NOW + HOUR, "waiting", 3600)
    ticket.refresh_from_db()
    assert ticket.due_at is None

    add_message(actor=None, ticket_id=ticket.pk, direction="in", text="Here it is.", at=NOW + 25 * HOUR)
    assert clock(ticket).due_at == add_business_time(NOW + 25 * HOUR, 23 * HOUR, calendar_hours("office-cn"))
    assert clock(ticket).paused_since is None


@pytest.mark.parametrize(("pauses", "paused"), [(True, True), (False, False)])
def test_on_hold_stops_the_clock_where_the_policy_says_so(pauses, paused):
    policy(pause_held=pauses)
    ticket = opened()

    set_status(actor=UserFactory(role="service"), ticket_id=ticket.pk, status="held", at=NOW + HOUR)

    assert clock(ticket).is_paused is paused


def test_a_reopened_ticket_goes_on_where_it_was_resolved():
    ticket, agent = opened(), UserFactory(role="service")
    set_status(actor=agent, ticket_id=ticket.pk, status="resolved", at=NOW + HOUR)
    assert (clock(ticket).met_at, clock(ticket, "first").met_at) == (NOW + HOUR, NOW + HOUR)
    assert clock(ticket).due_at == local("2026-11-30T11:00")  # as the deadline stood then

    set_status(actor=agent, ticket_id=ticket.pk, status="open", at=NOW + 48 * HOUR)

    assert clock(ticket).met_at is None
    assert clock(ticket).due_at == add_business_time(NOW + 48 * HOUR, 23 * HOUR, calendar_hours("office-cn"))


def test_a_deadline_that_has_passed_stays_though_the_clock_stands_still():
    policy(targets={"3": {"resolution": 60}})
    ticket = opened()
    set_status(actor=UserFactory(role="service"), ticket_id=ticket.pk, status="waiting", at=NOW + 2 * HOUR)

    assert (clock(ticket).due_at, clock(ticket).breached_at) == (NOW + HOUR, NOW + HOUR)


def test_a_higher_priority_brings_the_deadline_nearer():
    ticket = opened()
    Ticket.objects.filter(pk=ticket.pk).update(priority=1)

    changed(Ticket.objects.get(pk=ticket.pk), NOW + HOUR)

    assert clock(ticket).due_at == local("2026-11-25T15:00")


def test_the_lowest_rank_that_matches_holds_and_lack_of_a_target_is_no_clock():
    queue = QueueFactory()
    policy(rank=5, queues=[queue.code], targets={"3": {"resolution": 60}})
    policy(code="lang", rank=6, languages=["zh-hans"], targets={"3": {"resolution": 120}})
    policy(code="kind", rank=7, kinds=["complaint"], channels=["email"], lines=["fund"], priorities=[3])

    targets = {
        name: list(opened(**more).clocks.order_by("kind").values_list("kind", "target_seconds"))
        for name, more in {
            "queue": {"queue": queue},
            "language": {"customer": PersonFactory(language="zh-hans")},
            "kind": {"kind": "complaint", "channel": "email", "line": "fund"},
            "not the channel": {"kind": "complaint", "line": "fund"},
        }.items()
    }

    assert targets == {
        "queue": [("resolution", 3_600)],
        "language": [("resolution", 7_200)],
        "kind": [("resolution", 28_800)],
        "not the channel": [("first", 14_400), ("resolution", 86_400)],
    }


def test_a_version_holds_from_its_day_in_the_zone_of_its_calendar():
    policy()
    policy(valid_from=date(2026, 11, 26), targets={"3": {"resolution": 60}})
    policy(valid_from=date(2026, 12, 1), valid_to=date(2026, 12, 1), targets={"3": {"resolution": 30}})

    seconds = [
        clock(opened(at=local(text))).target_seconds
        for text in ("2026-11-25T23:59", "2026-11-26T00:00", "2026-12-01T10:00", "2026-12-02T10:00")
    ]

    assert seconds == [28_800, 3_600, 1_800, 86_400]


def test_a_merged_ticket_has_no_clock_that_runs():
    ticket = opened()
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=TicketFactory())
    reckon([ticket.pk], first=NOW, at=NOW)
    assert (set(ticket.clocks.values_list("is_void", flat=True)), Ticket.objects.get(pk=ticket.pk).due_at) == (
        {True},
        None,
    )

    Ticket.objects.filter(pk=ticket.pk).update(merged_into=None)
    reckon([ticket.pk], first=NOW, at=NOW)
    assert (set(ticket.clocks.values_list("is_void", flat=True)), Ticket.objects.get(pk=ticket.pk).due_at) == (
        {False}, clock(ticket, "first").due_at,
    )  # fmt: skip


# Breaches --------------------------------------------------------------------------------------------------------------
def breached(*moves, kind="resolution", assignee=None):
    """Open a ticket, move it at so many minutes, let four hours pass, and return the cause."""
    SlaPolicy.objects.filter(code="own").exists() or policy(targets={"3": {"resolution": 120, "first": 120}})
    ticket, agent = opened(assignee=assignee), UserFactory(role="service")
    for minutes, status in moves:
        set_status(actor=agent, ticket_id=ticket.pk, status=status, at=NOW + minutes * timedelta(minutes=1))
    mark_passed(at=NOW + 8 * HOUR)
    return clock(ticket, kind)


def test_a_clock_that_runs_past_its_deadline_is_marked_once():
    found = breached()

    assert (found.breached_at, found.cause) == (local("2026-11-25T11:30"), "unassigned")
    assert mark_passed(at=NOW + 9 * HOUR) == 0


def test_the_likeliest_cause_is_what_took_half_of_the_time():
    assert breached((70, "held"), assignee=UserFactory(role="service")).cause == "late"
    assert breached((50, "held"), assignee=UserFactory(role="service")).cause == "other_team"
    assert breached((50, "resolved"), (60, "open"), assignee=UserFactory(role="service")).cause == "reopened"


# Every ticket ----------------------------------------------------------------------------------------------------------
def test_recomputing_changes_nothing_where_nothing_changed():
    tickets = [opened(at=NOW + n * HOUR) for n in range(3)]
    set_status(actor=UserFactory(role="service"), ticket_id=tickets[0].pk, status="waiting", at=NOW + 4 * HOUR)

    assert recompute_open(at=NOW + 4 * HOUR, chunk=2) == 0


def test_a_day_that_closes_moves_every_deadline_after_it():
    ticket = opened()
    with past_the_guards():
        CalendarException.objects.create(
            calendar=BusinessCalendar.objects.get(code="office-cn"), day=date(2026, 11, 26), name="Typhoon"
        )

    assert lay_out_and_recompute(at=NOW) > 0
    assert clock(ticket).due_at == local("2026-12-01T11:00")
    assert lay_out_and_recompute(at=NOW) == 0


def test_tickets_without_a_history_get_one_from_their_dates():
    waiting = TicketFactory(
        status="waiting", channel="email", opened_at=NOW, last_message_at=NOW + HOUR, first_answered_at=NOW + HOUR
    )
    done = TicketFactory(
        status="closed", channel="email", opened_at=NOW, resolved_at=NOW + 2 * HOUR, closed_at=NOW + 3 * HOUR
    )

    reckon([waiting.pk, done.pk], first=NOW, at=NOW + 24 * HOUR)

    assert (clock(waiting).used_seconds, clock(waiting).is_paused) == (3_600, True)
    assert (clock(done).used_seconds, clock(done).met_at) == (7_200, NOW + 2 * HOUR)


# Any sequence of states ------------------------------------------------------------------------------------------------
STATUSES = ["open", "waiting", "held", "resolved", "closed"]
STILL = {"waiting", "resolved", "closed"}


def reckoned_by_hand(steps, *, target, pause_held, hours):
    """The deadline after (moment, status) steps, from the first; None while it stands still before that."""
    left = target
    for (begins, status), (ends, _next) in zip(steps, [*steps[1:], (None, "")], strict=True):
        if status in STILL or (status == "held" and pause_held):
            continue
        if ends is None or business_time_between(begins, ends, hours) >= left:
            return add_business_time(begins, left, hours)
        left -= business_time_between(begins, ends, hours)
    return None


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    moves=st.lists(st.tuples(st.integers(1, 60 * 60 * 40), st.sampled_from(STATUSES)), max_size=7),
    minutes=st.integers(1, 3_000),
    pause_held=st.booleans(),
    code=st.sampled_from(["office-cn", "office-eu", "office-us"]),
    begin=st.sampled_from(
        ["2026-03-27T20:00", "2026-10-23T20:00", "2026-10-30T20:00", "2026-09-30T16:00", "2026-02-13T16:00"]
    ),
)
def test_any_sequence_of_states_gives_the_deadline_of_a_reckoning_from_scratch(moves, minutes, pause_held, code, begin):
    calendar = BusinessCalendar.objects.get(code=code)
    SlaPolicy.objects.filter(code="own").exists() or policy(targets={"3": {"resolution": 1}})
    draft_of(minutes, pause_held, calendar)
    start, agent = local(begin), UserFactory(role="service")
    ticket = opened(at=start)
    steps, moment = [(start, "new")], start
    for seconds, status in moves:
        moment += timedelta(seconds=seconds)
        set_status(actor=agent, ticket_id=ticket.pk, status=status, at=moment)
        if status != steps[-1][1]:
            steps.append((moment, status))

    kept = clock(ticket)
    if steps[-1][1] in {"resolved", "closed"}:
        steps = steps[: next(n for n in reversed(range(len(steps))) if steps[n][1] not in {"resolved", "closed"}) + 1]
    told = reckoned_by_hand(steps, target=timedelta(minutes=minutes), pause_held=pause_held, hours=hours_of(calendar))
    assert kept.due_at == told

    TicketClock.objects.filter(ticket=ticket).delete()
    reckon([ticket.pk], first=start, at=moment)
    again = clock(ticket)
    fields = ["due_at", "used_seconds", "paused_since", "why", "met_at", "alarm_at"]
    assert [getattr(again, name) for name in fields] == [getattr(kept, name) for name in fields]
    assert TicketSpan.objects.filter(ticket=ticket, ended_at=None).count() == 1


def draft_of(minutes, pause_held, calendar):
    with past_the_guards(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE service_slapolicy SET targets = jsonb_build_object('3', jsonb_build_object('resolution', %s::int)),"
            " pause_held = %s, calendar_id = %s WHERE code = 'own'",
            [minutes, pause_held, calendar.pk],
        )


def test_a_clock_runs_over_summer_time_by_the_wall_clock():
    """The night between Saturday and Sunday is an hour shorter in March and longer in October; office hours are not."""
    policy(calendar=BusinessCalendar.objects.get(code="office-eu"), targets={"3": {"resolution": 120}})
    berlin = ZoneInfo("Europe/Berlin")

    due = {
        friday: clock(opened(at=datetime.fromisoformat(f"{friday}T17:00").replace(tzinfo=berlin))).due_at
        for friday in ("2026-03-27", "2026-10-23")
    }

    assert {friday: f"{moment.astimezone(berlin):%m-%d %H:%M}" for friday, moment in due.items()} == {
        "2026-03-27": "03-30 10:30", "2026-10-23": "10-26 10:30",
    }  # fmt: skip
    assert [f"{moment:%H:%M}" for moment in due.values()] == ["08:30", "09:30"]  # in UTC


def test_a_clock_runs_on_a_make_up_saturday_and_rests_over_the_spring_festival():
    """14 February 2026 is a Saturday that is worked, the 15th to the 23rd are off, the 28th is a worked Saturday again."""
    policy(targets={"3": {"resolution": 600}})

    short = clock(opened(at=local("2026-02-13T17:00")))  # an hour on Friday, 7.5 on Saturday, 1.5 left
    late = clock(opened(at=local("2026-02-27T17:00")))

    assert short.due_at == local("2026-02-24T10:30")
    assert late.due_at == local("2026-03-02T10:30")
