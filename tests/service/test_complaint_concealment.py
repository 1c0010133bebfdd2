"""Whom a complaint is about finds it nowhere: not on a page, in a list, by search, over the API, in what waits or is told."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from service.exports import tickets_export
from service.models import Chat, Complaint, ComplaintClock, Mail, Ticket, TicketClock
from service.palette import find_tickets
from service.panels import open_tickets, ticket_moments
from service.services.clocks import follow
from service.services.complaint_clocks import remind_of_clocks
from service.services.complaint_conflicts import name_subject
from service.services.redress import propose_redress
from staff.checkers import checkers_of
from staff.models import ChangeRequest, Notification
from staff.services.changes import approve
from tests.factories import UserFactory
from tests.factories.complaints import a_complaint
from tests.factories.customers import PersonFactory
from tests.factories.mails import MailFactory
from tests.factories.service import ChatFactory, MessageFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)


@pytest.fixture
def lead():
    return UserFactory(role="service_lead")


@pytest.fixture
def officer():
    """Whom the complaint is about: somebody who would see, judge and hear of every complaint."""
    return UserFactory(role="compliance")


@pytest.fixture
def other():
    return UserFactory(role="compliance")


@pytest.fixture
def complaint(lead, officer, other):
    made = a_complaint(
        subjects=[officer],
        assignee=lead,
        actor=lead,
        subject="Rude about zebras",
        customer=PersonFactory(name="Li Bai"),
    )
    MessageFactory(ticket=made.ticket)
    return made


def get(client, user, url):
    client.force_login(user)
    return client.get(url)


@pytest.mark.parametrize("address", ["service:ticket_detail", "service:complaint_detail", "service:clock_ticket"])
def test_its_pages_are_not_there(client, officer, other, complaint, address):
    url = reverse(address, args=[complaint.ticket.reference])

    assert get(client, officer, url).status_code == 404
    assert get(client, other, url).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "/service/tickets/",
        "/service/tickets/?state=open",
        "/service/tickets/?q=zebras",
        "/service/tickets/?q={reference}",
        "/service/complaints/",
        "/palette/?q=zebras",
        "/palette/?q={reference}",
        "/customers/{customer}/",
        "/service/customers/{customer}/tickets/",
        "/service/complaints/of/{customer}/",
    ],
)
def test_no_list_and_no_search_names_it(client, officer, other, complaint, url):
    ticket = complaint.ticket
    url = url.format(reference=ticket.reference, customer=ticket.customer.reference)

    for user, seen in ((officer, False), (other, True)):
        page = get(client, user, url)
        assert page.status_code == 200
        assert (f"/{ticket.reference}/" in page.content.decode()) == seen


def test_neither_search_nor_timeline_nor_export_nor_flags_give_it(officer, other, complaint):
    customer = complaint.ticket.customer
    for user, seen in ((officer, 0), (other, 1)):
        assert len(list(find_tickets(user, "zebras", 10))) == seen
        assert len(ticket_moments(customer, user, 10)) == seen
        assert len(open_tickets(user, customer)["shown"]) == seen
        assert len(list(tickets_export(user, {}).rows)) == seen
        assert Complaint.objects.visible_to(user).count() == seen


@pytest.mark.parametrize("lines", [[], ["fund"]], ids=["all lines", "some lines"])
def test_clocks_mails_and_chats_of_it_are_kept_too(officer, other, complaint, lines):
    Ticket.objects.filter(pk=complaint.ticket_id).update(opened_at=NOW, line="fund")
    Customer.objects.filter(pk=complaint.ticket.customer_id).update(lines=["fund"])
    ChatFactory(ticket=complaint.ticket)
    MailFactory(ticket=complaint.ticket)
    follow(Ticket.objects.get(pk=complaint.ticket_id), NOW)

    for user, seen in ((officer, False), (other, True)):
        user.business_lines = lines
        for model in (Chat, TicketClock, Mail):
            assert model.objects.visible_to(user).exists() == seen, model


def test_the_api_gives_it_to_others_alone(client, officer, other, complaint):
    reference = complaint.ticket.reference
    for user, status in ((officer, 404), (other, 200)):
        assert get(client, user, f"/api/v1/tickets/{reference}/").status_code == status
        listed = get(client, user, "/api/v1/tickets/").json()["results"]
        assert [one["reference"] for one in listed] == ([reference] if status == 200 else [])


def test_reminders_and_requests_reach_everybody_but_them(lead, officer, other, complaint):
    ComplaintClock.objects.update(due_on=TODAY)
    remind_of_clocks(at=NOW)
    _redress, request = propose_redress(
        actor=lead, complaint_id=complaint.pk, kind="refund", amount=Decimal("5000.00"), currency="CNY",
        reason="The fee was not agreed", at=NOW,
    )  # fmt: skip

    assert not Notification.objects.filter(user=officer).exists()
    assert Notification.objects.filter(user=other, key__startswith="complaint-clock").exists()
    assert Notification.objects.filter(user=other, key=f"change:{request.pk}:proposed").exists()


def test_they_neither_see_nor_judge_what_waits_for_approval_in_it(client, lead, officer, other, complaint):
    _redress, request = propose_redress(
        actor=lead, complaint_id=complaint.pk, kind="refund", amount=Decimal("5000.00"), currency="CNY",
        reason="The fee was not agreed", at=NOW,
    )  # fmt: skip
    url = reverse("staff:change_detail", args=[request.pk])

    assert officer not in checkers_of(request, NOW)
    assert other in checkers_of(request, NOW)
    with pytest.raises(PermissionDenied):
        approve(actor=officer, request_id=request.pk, at=NOW)
    assert get(client, officer, url).status_code == 404
    assert get(client, other, url).status_code == 200
    for user, seen in ((officer, False), (other, True)):
        for page in ("staff:change_inbox", "staff:change_list"):
            assert (url in get(client, user, reverse(page)).content.decode()) == seen
    assert ChangeRequest.objects.get().state == "pending"


def test_whoever_is_named_later_loses_sight_of_it_at_once(lead, officer, other):
    complaint = a_complaint(assignee=lead, actor=lead)
    assert Ticket.objects.visible_to(officer).filter(pk=complaint.ticket_id).exists()

    name_subject(actor=lead, complaint_id=complaint.pk, user=officer, at=NOW + timedelta(hours=1))

    assert not Ticket.objects.visible_to(officer).filter(pk=complaint.ticket_id).exists()
    assert Ticket.objects.visible_to(other).filter(pk=complaint.ticket_id).exists()


def test_a_complaint_about_somebody_else_and_a_plain_ticket_stay_in_sight(lead, officer, other):
    a_complaint(subjects=[other], assignee=lead, actor=lead)

    assert Ticket.objects.visible_to(officer).count() == 1
    assert Ticket.objects.visible_to(other).count() == 0
