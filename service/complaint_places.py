"""Where complaints stand outside their own pages: a customer's tab, flags and timeline, exports, the log's names, the
package of a person's data, imports."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit.records import Named, RecordNames, numbers, register_names
from customers.masking import Masked
from customers.merging import MOVES, Part, register_part
from customers.models import Customer
from customers.panels import Flags, Tab, register_flags, register_tab
from customers.personal_data import Emptied, Kept, register_kept
from pages.actions import Action
from service import complaint_commands
from service.complaint_columns import due_chips, state_pill
from service.models import (
    Complaint,
    ComplaintDocument,
    ComplaintEntry,
    ComplaintRedress,
    Improvement,
    PastComplaint,
    RegulatorReferral,
    Ticket,
    TicketKind,
)
from service.registries import SidePanel, TicketActions, register_actions, register_side
from service.services import complaint_conflicts, tickets
from staff.exports import Export, register_export
from staff.models import User

VIEW = "service.view_complaint"
BATCH = 2_000


def register() -> None:
    from service.complaint_history import register_history

    complaint_commands.register()
    tickets.AFTER_OPENING.append(complaint_conflicts.keep_free)
    tickets.AFTER_CHANGE.append(complaint_conflicts.keep_free)
    register_tab(Tab("complaints", gettext_lazy("Complaints"), _tab, VIEW))
    register_flags(Flags("complaints", flags_of, VIEW))
    register_export("service.complaints", complaints_export, permission="service.export_complaint")
    register_names(RecordNames("service_complaint", _nothing, name_complaints))
    register_names(RecordNames("service_improvement", _nothing, name_improvements))
    register_kept(Kept("complaints", gettext_lazy("Complaints"), complaints_told, complaints_emptied, files_of))
    for name in ("ComplaintParty", "ComplaintRedress", "PastComplaint"):
        register_part(Part(f"service.{name}", "customer", MOVES))
    register_history()
    register_side(
        SidePanel("complaint", gettext_lazy("Complaint"), side_of, "service/complaint_panel.html", VIEW, 5, 2)
    )
    register_actions(TicketActions("complaint", ticket_actions, "service.add_complaint", 1))


def side_of(user: User, ticket: Ticket) -> dict[str, Any] | None:
    """The statutory days of a ticket that is a complaint, each as a chip."""
    if ticket.kind != TicketKind.COMPLAINT:
        return None
    complaint = Complaint.objects.visible_to(user).filter(ticket=ticket).first()
    if complaint is None:
        return None
    chip = due_chips(timezone.localdate())
    running = complaint.clocks.running()
    return {
        "reference": ticket.reference,
        "state": state_pill(complaint),
        "facts": [(one.get_step_display(), chip(complaint.jurisdiction, one.due_on)) for one in running],
    }


def ticket_actions(user: User, ticket: Ticket) -> list[Action]:
    """A ticket is made a complaint here; one that is leads to its own page from the side."""
    if ticket.kind == TicketKind.COMPLAINT and Complaint.objects.filter(ticket=ticket).exists():
        return []
    return [
        Action(_("Make it a complaint"), f"/service/complaints/ticket/{ticket.reference}/", "alert-circle", more=True)
    ]


def _tab(customer: Customer) -> str:
    return f"/service/complaints/of/{customer.reference}/"


def flags_of(user: User, customer: Customer) -> list[tuple[str, str]]:
    """How many complaints of the customer are open, red where one is overdue."""
    today = timezone.localdate()
    due = list(Complaint.objects.visible_to(user).of(customer).open().values_list("due_on", flat=True))
    if not due:
        return []
    said = ngettext("%(n)d open complaint", "%(n)d open complaints", len(due)) % {"n": len(due)}
    return [(said, "red" if any(one and one < today for one in due) else "amber")]


def complaints_export(user: User, parameters: dict[str, Any]) -> Export:
    """Complaints that match the filters of the list, as `user` may see them, without customers whose data is restricted."""
    from service.filters.complaints import ComplaintFilter

    seen = Complaint.objects.visible_to(user).exclude(ticket__customer__restricted_at__isnull=False)
    asked = ComplaintFilter(QueryDict(parameters.get("query", "")), queryset=seen).qs
    columns = [
        _("Complaint no."), _("Customer no."), _("Name"), _("About"), _("Jurisdiction"), _("Received on"), _("Due"),
        _("State"), _("Outcome"), _("Product version"), _("Root cause"), _("Process step"), _("Handler"), _("Decided on"),
    ]  # fmt: skip
    rows = asked.for_list().order_by("id")
    return Export("complaints", columns, _rows(rows, Masked(user)), asked.count())


def _rows(rows: Any, masked: Masked) -> Iterator[tuple[Any, ...]]:
    for row in rows.iterator(BATCH):
        customer = row.ticket.customer
        yield (
            row.ticket.reference, customer.reference if customer else "", masked.name(customer) if customer else "",
            row.get_kind_display(), row.jurisdiction, row.received_on, row.due_on, row.get_state_display(),
            row.get_outcome_display(), str(row.version or ""), row.get_cause_display(), str(row.step or ""),
            str(row.ticket.assignee or ""), row.decided_at and row.decided_at.date(),
        )  # fmt: skip


def _nothing(text: str) -> None:
    """A complaint is called as its ticket, an improvement has no name: both are reached from their pages."""


def name_complaints(keys: Collection[str]) -> Named:
    found = Complaint.objects.filter(pk__in=numbers(keys)).values_list("pk", "ticket__reference")
    return {str(pk): (reference, f"/service/complaints/{reference}/") for pk, reference in found}


def name_improvements(keys: Collection[str]) -> Named:
    found = Improvement.objects.filter(pk__in=numbers(keys)).values_list("pk", flat=True)
    return {str(pk): (str(pk), f"/service/complaints/trends/{pk}/") for pk in found}


def complaints_told(customer: Customer) -> list[dict[str, Any]]:
    """A person's own complaints and what they got; what others of a joint complaint got is not theirs."""
    shown = Complaint.objects.of(customer).order_by("id")
    own = {one.complaint_id: [] for one in customer.redresses.all()}  # type: dict[int, list[str]]
    for one in customer.redresses.all():
        own[one.complaint_id].append(f"{one.kind} {one.amount or ''} {one.currency} {one.state}".strip())
    fields = ("pk", "ticket__reference", "kind", "received_on", "state", "outcome", "decided_at", "withdrawn_on")
    return [
        {
            "complaint": row["ticket__reference"], **{name: row[name] for name in fields[2:]},
            "redress": own.get(row["pk"], []),
        }
        for row in shown.values(*fields)
    ]  # fmt: skip


def complaints_emptied(customer: Customer) -> Iterable[Emptied]:
    own = {"complaint__ticket__customer": customer}
    yield ComplaintEntry.objects.filter(**own), {"text": ""}
    yield ComplaintDocument.objects.filter(**own), {"note": ""}
    yield ComplaintRedress.objects.filter(customer=customer), {"reason": ""}
    yield RegulatorReferral.objects.filter(**own, replied_on__isnull=False), {"reply": "–", "file": "", "file_name": ""}
    yield PastComplaint.objects.filter(customer=customer), {"narrative": ""}


def files_of(customer: Customer) -> list[Any]:
    return [one.file for one in RegulatorReferral.objects.filter(complaint__ticket__customer=customer).exclude(file="")]
