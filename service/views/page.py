"""The ticket's page, which several views answer with: the ticket as it stands, and the forms as they were sent."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.services.reading import open_customer
from pages.actions import Action
from service.columns import KIND_TONES, PRIORITY_TONES, STATUS_TONES, Words, due_chip
from service.forms.tickets import AnswerForm, PropertiesForm
from service.models import Direction, Ticket, TicketStatus
from service.registries import actions_of, pills_of, remarks_of, sides_of
from service.services.ticket_news import note_read

SHOWN = 200  # messages; a page of more would not be read, older ones are asked for
SHOWN_AT_MOST = 2_000
OTHERS = 5
TICKETS = "/service/tickets/"  # 50 rows a page: reverse() would cost more than the row


def ticket_url(ticket, part=""):
    return f"{TICKETS}{ticket.reference}/{part}"


def visible_ticket(request, reference):
    """The ticket, or 404 for one that is not there or not for the reader: the two look the same."""
    seen = Ticket.objects.visible_to(request.user).for_list().select_related("merged_into", "parent", "assignee__agent")
    ticket = seen.filter(reference=reference.upper()).first()
    if ticket is None:
        raise Http404
    return ticket


def opened_ticket(request, reference, part="ticket"):
    """As `visible_ticket`; that the customer's words were read is in the log."""
    ticket = visible_ticket(request, reference)
    if ticket.customer:
        open_customer(ticket.customer, part, ticket.pk)
    if ticket.assignee_id == request.user.pk:
        note_read(actor=request.user, ticket_id=ticket.pk, at=timezone.now())
    return ticket


def ticket_page(request, ticket, *, answer=None, properties=None, came_in_after=None):
    """Answer with the page; `came_in_after` is the newest message that the sender of a refused answer had seen."""
    user, words = request.user, Words(request.user)
    messages = newest_messages(ticket, SHOWN_AT_MOST if request.GET.get("older") else SHOWN)
    seen = max((message.pk for message in messages), default=0)
    may_answer = user.has_perm("service.answer_ticket") and not ticket.merged_into_id
    context = {
        "ticket": ticket,
        "subject": words.subject(ticket),
        "pills": _pills(user, ticket),
        "facts": _facts(ticket, words),
        "crumbs": [(_("Tickets"), reverse("service:ticket_list")), (ticket.reference, "")],
        "actions": _actions(user, ticket),
        "thread": thread_of(user, ticket, messages, words, came_in_after),
        "is_more": len(messages) >= SHOWN and not request.GET.get("older"),
        "answer": answer or (AnswerForm(initial={"direction": Direction.OUT, "seen": seen}) if may_answer else None),
        "newest": seen,
        "properties": properties or PropertiesForm(user=user, ticket=ticket),
        "may_answer": may_answer,
        "sides": sides_of(user, ticket),
        **_customer(user, ticket, words),
    }
    refused = bool((answer and answer.errors) or (properties and properties.errors))
    return render(request, "service/ticket_detail.html", context, status=422 if refused else 200)


def newest_messages(ticket, most):
    found = (
        ticket.messages.select_related("author", "came_with").prefetch_related("files").order_by("-at", "-id")[:most]
    )
    return list(reversed(found))


def thread_of(user, ticket, messages, words, came_in_after=None):
    """Each message as the page shows it: who, by which way, its words as the reader may see them, and what is said of
    it."""
    remarks = remarks_of(user, ticket, messages)
    return [
        {
            "message": message,
            "who": message.author or _who_wrote(message, ticket, words),
            "text": words.text(ticket, message.text),
            "is_note": message.direction == Direction.NOTE,
            "is_ours": message.direction == Direction.OUT,
            "is_new": came_in_after is not None and message.pk > came_in_after,
            "remarks": remarks.get(message.pk, []),
        }
        for message in messages
    ]


def _pills(user, ticket):
    return [
        (ticket.get_status_display(), STATUS_TONES.get(ticket.status, "")),
        *(
            [(ticket.get_priority_display(), PRIORITY_TONES[ticket.priority])]
            if ticket.priority in PRIORITY_TONES
            else []
        ),
        (ticket.get_kind_display(), KIND_TONES.get(ticket.kind, "")),
        *pills_of(user, ticket),
    ]


def _facts(ticket, words):
    return [
        ticket.reference,
        ticket.get_channel_display(),
        words.customer(ticket) or words.contact(ticket) or _("Nobody we know"),
        str(ticket.assignee or _("Nobody has it")),
        *([due_chip(ticket)] if ticket.due_at and ticket.is_open else []),
        *ticket.tags,
    ]


def _actions(user, ticket):
    role = "" if user.has_perm("service.answer_ticket") else _("Your role does not answer tickets.")
    merged = _("This ticket was merged into another.") if ticket.merged_into_id else ""
    theirs = _("%(person)s has this ticket.") % {"person": ticket.assignee} if ticket.assignee_id else ""
    mine = ticket.assignee_id == user.pk
    # One button for the state that comes next, so that it can be reached by a key.
    to, label, icon = (
        (TicketStatus.RESOLVED, _("Resolve"), "check")
        if ticket.is_open
        else (TicketStatus.OPEN, _("Reopen"), "refresh")
    )
    shown = [Action(label, ticket_url(ticket, f"status/{to}/"), icon, post=True, key="r").unless(role or merged)]
    if not mine:
        shown.insert(
            0,
            Action(_("Take"), ticket_url(ticket, "take/"), "user-check", post=True, key="t").unless(
                role or merged or theirs
            ),
        )
    return [*shown, *actions_of(user, ticket)]


def _customer(user, ticket, words):
    """Who it is, masked, and what else is open with them."""
    customer = ticket.customer
    if not customer:
        return {"customer_facts": [(_("Contact"), words.contact(ticket))], "others": []}
    others = Ticket.objects.visible_to(user).open().filter(customer=customer).exclude(pk=ticket.pk).for_list()
    return {
        "customer_url": f"/customers/{customer.reference}/",
        "customer_name": words.customer(ticket),
        "customer_facts": [
            (_("Customer no."), customer.reference),
            (_("Phone"), words.masked.of(customer, "phone")),
            (_("E-mail"), words.masked.of(customer, "email")),
            (_("Contact"), words.contact(ticket)),
        ],
        "others": [
            {"url": ticket_url(one), "reference": one.reference, "subject": words.subject(one), "due": due_chip(one)}
            for one in others.order_by("due_at", "id")[:OTHERS]
        ],
    }


def _who_wrote(message, ticket, words):
    """A note that nobody of ours wrote came by itself, and is not the customer's: a stranger's mail, a delivery report."""
    if message.direction == Direction.NOTE:
        return _("Came by itself")
    return words.customer(ticket) or _("Customer")
