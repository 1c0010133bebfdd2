"""How complaints look in lists: their columns, pills and chips of statutory days."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.masking import Masked
from customers.rules.deadlines import tone_of_deadline
from customers.services.privacy_rules import working_calendar
from pages.formats import day
from pages.lists import Column
from pages.templatetags.pages import deadline, pill_html
from products.models import LineCode
from service.models import ComplaintKind, ComplaintOutcome, ComplaintState, RootCause

TONES = {ComplaintState.OPEN: "blue", ComplaintState.DECIDED: "green", ComplaintState.WITHDRAWN: "neutral"}
OUTCOME_TONES = {"upheld": "amber", "partly": "amber", "rejected": "green", "withdrawn": "neutral"}
AMBER = 3  # working days before a statutory day in which its chip is amber


def complaint_url(row, part=""):
    return f"/service/complaints/{row.ticket.reference}/{part}"


def state_pill(row):
    if row.outcome:
        return pill_html(str(ComplaintOutcome(row.outcome).label), OUTCOME_TONES[row.outcome])
    return pill_html(str(ComplaintState(row.state).label), TONES[row.state])


def due_chips(today):
    """Return what draws a statutory day of a law; each law's working calendar is read once."""
    calendars: dict[str, Any] = {}

    def chip(law, due_on, done=False):
        if due_on is None:
            return "–"
        if law not in calendars:
            calendars[law] = working_calendar(law, today)
        tone = tone_of_deadline(today, due_on, is_working=calendars[law], amber=AMBER)
        return deadline(due_on, tone=tone, done=done)

    return chip


def complaint_columns(user, today):
    masked, chip = Masked(user), due_chips(today)
    kinds = {one.value: str(one.label) for one in ComplaintKind}
    causes = {one.value: str(one.label) for one in RootCause}
    lines = {one.value: str(one.label) for one in LineCode}
    return (
        Column("reference", _("Complaint no."), lambda row: row.ticket.reference, mono=True, link=True),
        Column("due_on", _("Due"), lambda row: chip(row.jurisdiction, row.due_on), sort="due_on"),
        Column("subject", _("Subject"), lambda row: masked.note(row.ticket.customer, row.ticket.subject)
               if row.ticket.customer else row.ticket.subject, card="wide"),
        Column("kind", _("About"), lambda row: kinds[row.kind]),
        Column("customer", _("Customer"), lambda row: masked.name(row.ticket.customer) if row.ticket.customer else "–"),
        Column("state", _("State"), state_pill),
        Column("handler", _("Handler"), lambda row: row.ticket.assignee or "–"),
        Column("received_on", _("Received on"), lambda row: day(row.received_on), sort="received_on"),
        Column("cause", _("Root cause"), lambda row: causes.get(row.cause, "–")),
        Column("product", _("Product"), lambda row: row.version or row.ticket.product or "–", default=False),
        Column("line", _("Line"), lambda row: lines.get(row.ticket.line, "–"), default=False),
        Column("law", _("Jurisdiction"), lambda row: row.jurisdiction, default=False),
        Column("decided_at", _("Decided on"), lambda row: day(row.decided_at), default=False),
    )  # fmt: skip


def of_customer_url(customer, part=""):
    return reverse("service:customer_complaints", args=[customer.reference]) + part
