"""Tickets become one and are parted again: every message, file, sub-task, time and tag is back where it was."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.utils import timezone

from service.models import MessageFile, Subtask, Ticket, TicketMerge, TicketMessage, TimeEntry
from service.services.merging import merge_tickets, unmerge_ticket
from service.services.messages import add_message
from service.services.tickets import set_status
from service.services.works import add_subtask, link_tickets, spend_time, tick_subtask
from tests.factories import UserFactory
from tests.factories.customers import PersonFactory
from tests.factories.service import MessageFactory, TicketFactory

NOW = timezone.now()
pytestmark = pytest.mark.django_db


def full(customer=None, **more):
    """A ticket with one of everything."""
    ticket, agent = TicketFactory(customer=customer, **more), UserFactory(role="service")
    message = MessageFactory(ticket=ticket)
    MessageFile.objects.create(message=message, name="a.pdf", media_type="application/pdf", size=1, sha256="0" * 64)
    add_subtask(actor=agent, ticket_id=ticket.pk, title="Ask the bank", assignee=agent, due_on=None)
    spend_time(actor=agent, ticket_id=ticket.pk, seconds=90, at=NOW)
    return ticket


def merge(source, target):
    return merge_tickets(actor=UserFactory(role="service"), source_id=source.pk, target_id=target.pk, at=NOW)


def unmerge(source):
    return unmerge_ticket(actor=UserFactory(role="service"), source_id=source.pk, at=NOW)


def standing():
    """Where everything is, to the last column that a merge touches."""
    rows = {
        model: list(model.objects.order_by("pk").values_list("pk", "ticket", "came_with"))
        for model in (TicketMessage, Subtask, TimeEntry)
    }
    tickets = Ticket.objects.order_by("pk").values(
        "pk", "status", "tags", "merged_into", "seconds_spent", "closed_at", "resolved_at", "reopened"
    )
    return rows, list(tickets), list(MessageFile.objects.values_list("pk", "message__ticket"))


def test_merging_moves_everything_and_parting_puts_it_back_exactly():
    source, target = full(tags=["card", "vip"]), full(tags=["card"], status="open")
    Ticket.objects.update(last_message_at=NOW)
    before = standing()

    merge(source, target)

    source.refresh_from_db(), target.refresh_from_db()
    assert (source.status, source.merged_into) == ("closed", target)
    assert (target.tags, target.seconds_spent, target.messages.count()) == (["card", "vip"], 180, 2)
    assert MessageFile.objects.filter(message__ticket=target).count() == 2
    assert source.messages.count() == source.subtasks.count() == source.times.count() == 0

    unmerge(source)

    assert standing() == before


def test_a_chain_of_merges_is_parted_at_any_link():
    first, second, third = full(), full(), full()
    before = standing()
    merge(first, second)
    merge(second, third)

    unmerge(second)
    assert [one.messages.count() for one in (first, second, third)] == [0, 2, 1]
    unmerge(first)

    assert standing() == before


def test_the_inner_link_of_a_chain_is_parted_while_the_outer_stands():
    first, second, third = full(), full(), full()
    before = standing()
    merge(first, second)
    merge(second, third)

    unmerge(first)
    assert [one.messages.count() for one in (first, second, third)] == [1, 0, 2]
    unmerge(second)

    assert standing() == before


@pytest.mark.parametrize("ended", ["resolved", "closed"])
def test_a_ticket_that_had_ended_is_as_ended_as_before(ended):
    source, target = full(), full()
    set_status(actor=UserFactory(role="service"), ticket_id=source.pk, status=ended, at=NOW)
    before = standing()

    merge(source, target)
    unmerge(source)

    assert standing() == before


def test_a_ticket_is_not_merged_with_itself():
    ticket = TicketFactory()

    with pytest.raises(ValidationError, match="with itself"):
        merge(ticket, ticket)


def test_nothing_is_merged_from_or_into_a_merged_ticket():
    gone, target, third = TicketFactory(), TicketFactory(), TicketFactory()
    merge(gone, target)

    for source, into in ((third, gone), (gone, third)):
        with pytest.raises(ValidationError, match="already"):
            merge(source, into)


def test_tickets_of_different_customers_stay_two():
    source, target = TicketFactory(customer=PersonFactory()), TicketFactory(customer=PersonFactory())

    with pytest.raises(ValidationError, match="different customers"):
        merge(source, target)


def test_what_is_not_merged_is_not_parted_and_parting_twice_is_refused():
    source, target = TicketFactory(), TicketFactory()
    with pytest.raises(ValidationError, match="not merged"):
        unmerge(source)
    merge(source, target)
    unmerge(source)

    with pytest.raises(ValidationError, match="not merged"):
        unmerge(source)


def test_what_was_written_after_the_merge_stays_with_the_target():
    source, target = full(), full()
    merge(source, target)
    add_message(actor=None, ticket_id=target.pk, direction="in", text="One more thing", at=NOW)

    unmerge(source)

    assert [ticket.messages.count() for ticket in (source, target)] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_two_merges_the_opposite_ways_at_once_make_one():
    one, other = TicketFactory(), TicketFactory()
    start, said = threading.Barrier(2), []

    def run(source, target):
        try:
            start.wait(5)
            merge(source, target)
        except ValidationError as error:
            said.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in ((one, other), (other, one))]
    [thread.start() for thread in threads]
    [thread.join(20) for thread in threads]

    assert (TicketMerge.objects.count(), len(said)) == (1, 1)
    assert Ticket.objects.filter(merged_into__isnull=False).count() == 1
    assert connection.vendor == "postgresql"


def test_links_stand_once_and_never_to_oneself():
    agent, one, other = UserFactory(role="service"), TicketFactory(), TicketFactory()
    link_tickets(actor=agent, ticket_id=one.pk, other_id=other.pk, kind="related")

    with pytest.raises(ValidationError, match="already"):
        link_tickets(actor=agent, ticket_id=other.pk, other_id=one.pk, kind="related")
    with pytest.raises(ValidationError, match="itself"):
        link_tickets(actor=agent, ticket_id=one.pk, other_id=one.pk, kind="blocks")


def test_a_subtask_is_done_and_not_done_after_all():
    agent, ticket = UserFactory(role="service"), TicketFactory()
    task = add_subtask(actor=agent, ticket_id=ticket.pk, title=" Ask  the bank ", assignee=None, due_on=None)

    done = tick_subtask(actor=agent, ticket_id=ticket.pk, pk=task.pk, at=NOW)
    assert (done.title, done.done_by) == ("Ask the bank", agent)
    assert tick_subtask(actor=agent, ticket_id=ticket.pk, pk=task.pk, at=NOW).done_at is None


@pytest.mark.parametrize(("seconds", "kept"), [(0, None), (-5, None), (61, 61), (10**6, 8 * 3600)])
def test_time_is_kept_where_it_is_some_and_a_page_left_open_is_a_day_at_most(seconds, kept):
    ticket = TicketFactory()

    entry = spend_time(actor=UserFactory(role="service"), ticket_id=ticket.pk, seconds=seconds, at=NOW)

    ticket.refresh_from_db()
    assert (entry and entry.seconds, ticket.seconds_spent) == (kept, kept or 0)
