"""Documents of a complaint: which are needed, which the company holds already, which are asked for. None is asked for
twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit.services import name_act
from customers.models import Customer, Transaction
from pages.formats import day
from service.models import Complaint, ComplaintDocument, DocumentKind, DocumentNeed, EntryOfComplaint
from service.services.complaint_entries import enter, locked_open, tell
from staff.models import User

ASKED = gettext_noop(
    "For your complaint %(number)s we need from you: %(document)s. Please send it as an answer to this message."
)


@dataclass(frozen=True)
class Standing:
    """One document of a complaint: whether it is needed, where it is held, since when it is asked for."""

    kind: str
    label: Any
    is_needed: bool
    held: str
    asked_at: datetime | None

    @property
    def is_missing(self) -> bool:
        return self.is_needed and not self.held and self.asked_at is None


def documents_of(complaint: Complaint) -> list[Standing]:
    """Return what is needed, asked for or held, in the order of the kinds."""
    needed = set(DocumentNeed.objects.filter(kind=complaint.kind).values_list("document", flat=True))
    own = {one.kind: one for one in complaint.documents.all()}
    shown = []
    for kind in DocumentKind:
        mine = own.get(kind)
        held = held_where(complaint, kind) if kind in needed or mine else ""
        if kind in needed or mine:
            shown.append(Standing(kind, kind.label, kind in needed, held, mine.asked_at if mine else None))
    return shown


def held_where(complaint: Complaint, kind: str) -> str:
    """Return where a document of the complainant already is, as a sentence; empty where the company has none."""
    customer = complaint.ticket.customer
    came = ComplaintDocument.objects.filter(kind=kind, came_on__isnull=False).select_related("complaint__ticket")
    mine = came.filter(complaint=complaint).first()
    if mine is None and customer is not None:
        mine = came.filter(complaint__ticket__customer=customer).order_by("-came_on").first()
    if mine is not None:
        where = {"ticket": mine.complaint.ticket.reference, "day": day(mine.came_on)}
        return _("it came with %(ticket)s on %(day)s") % where
    return _in_record(customer, kind) if customer is not None else ""


def _in_record(customer: Customer, kind: str) -> str:
    name = {"customer": customer.reference}
    if kind == DocumentKind.IDENTITY and customer.identity_number:
        return _("the record of %(customer)s holds their identity document") % name
    if kind == DocumentKind.CONTRACT and (
        customer.accounts.exists() or customer.loans.exists() or customer.holdings.exists()
    ):
        return _("contracts stand under accounts, loans and products of %(customer)s") % name
    if kind == DocumentKind.STATEMENT and Transaction.objects.filter(customer=customer).exists():
        return _("the transactions of %(customer)s are booked with the company") % name
    return ""


@transaction.atomic
def ask_for_document(*, actor: User, complaint_id: int, document: str, at: datetime) -> ComplaintDocument:
    """Ask the complainant for a document; refused, with where it is, for one that the company holds."""
    complaint = locked_open(actor, complaint_id)
    if document not in DocumentKind:
        raise ValidationError({"document": _("Choose the document.")})
    if where := held_where(complaint, document):
        raise ValidationError(
            {
                "document": _("“%(document)s” is not asked for again: %(where)s.")
                % {"document": DocumentKind(document).label, "where": where}
            }
        )
    if complaint.documents.filter(kind=document).exists():
        raise ValidationError({"document": _("This document was asked for before.")})
    name_act("service.complaint.document_asked", reason=str(complaint))
    asked = ComplaintDocument.objects.create(complaint=complaint, kind=document, asked_at=at, asked_by=actor)
    tell(
        complaint, ASKED, by=actor, at=at, number=complaint.ticket.reference,
        document=_Named(DocumentKind(document)),
    )  # fmt: skip
    enter(complaint, EntryOfComplaint.ASKED, by=actor, at=at, text=str(DocumentKind(document).label))
    return asked


class _Named:
    """A document's name, said in the language that holds when it is put into a text."""

    def __init__(self, kind: DocumentKind):
        self.kind = kind

    def __str__(self) -> str:
        return str(self.kind.label)


@transaction.atomic
def take_document(
    *, actor: User, complaint_id: int, document: str, came_on: date, at: datetime, note: str = ""
) -> ComplaintDocument:
    """Record that a document came, asked for or not; from then on it is held."""
    complaint = locked_open(actor, complaint_id)
    if document not in DocumentKind:
        raise ValidationError({"document": _("Choose the document.")})
    name_act("service.complaint.document_came", reason=str(complaint))
    taken, __ = ComplaintDocument.objects.update_or_create(
        complaint=complaint, kind=document, defaults={"came_on": came_on, "note": note.strip()[:200]}
    )
    enter(complaint, EntryOfComplaint.CAME, by=actor, at=at, text=str(DocumentKind(document).label))
    return taken
