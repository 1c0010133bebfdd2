"""Identity documents: recorded with what is wrong with them, verified or refused, watched until they expire."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import name_act
from customers.encryption import document_index
from customers.models import Customer, DocumentKind, DocumentStatus, IdentityDocument, KycTask, VerifiedBy
from customers.rules.contacts import normalise_identity
from customers.rules.documents import GRAVE, OnRecord, Paper, findings_of
from customers.services.document_files import keep_files
from customers.services.kyc_rules import validities
from staff.models import User

VERIFY = "customers.verify_identitydocument"
FINDINGS = {
    "wrong_customer_kind": gettext_lazy("A business licence is a business's, other documents are a person's."),
    "number_invalid": gettext_lazy("The number cannot be one of this kind of document: look at its check sign."),
    "birth_differs": gettext_lazy("The birth date in the number is not the one on record."),
    "sex_differs": gettext_lazy("The sex in the number is not the one on record."),
    "expired": gettext_lazy("The document has expired."),
    "issued_in_future": gettext_lazy("The day of issue has not come yet."),
    "number_not_on_record": gettext_lazy("The number is not the identity number on record."),
    "validity_unusual": gettext_lazy("The card does not hold as long as one issued at this age does."),
}
Day = date | None


@transaction.atomic
def add_document(
    *,
    actor: User,
    customer_id: int,
    kind: str,
    number: str,
    country: str = "",
    issuer: str = "",
    issued_on: Day = None,
    expires_on: Day = None,
    files: Iterable[UploadedFile] = (),
    at: datetime,
) -> IdentityDocument:
    """Record a document of a customer with its copies, and what is wrong with it; somebody verifies it afterwards."""
    customer = Customer.objects.visible_to(actor).get(pk=customer_id)
    if kind not in DocumentKind:
        raise ValidationError({"kind": _("Choose what kind of document it is.")})
    if not normalise_identity(number):
        raise ValidationError({"number": _("Write the number of the document.")})
    if issued_on and expires_on and expires_on <= issued_on:
        raise ValidationError({"expires_on": _("A document expires after the day of its issue.")})
    name_act("customers.document.added")
    document = IdentityDocument(
        customer=customer,
        kind=kind,
        number=normalise_identity(number),
        number_index=document_index(number),
        country=country.upper(),
        issuer=issuer.strip(),
        issued_on=issued_on,
        expires_on=expires_on,
        added_by=actor,
        added_at=at,
    )
    document.findings = findings(document, today=timezone.localdate(at))
    document.save()
    keep_files(document, list(files))
    return document


def findings(document: IdentityDocument, *, today: date) -> list[str]:
    """Return what is wrong with a document today, by itself and against its customer's record."""
    customer = document.customer
    law = customer.jurisdiction or settings.COMPANY_JURISDICTION
    paper = Paper(
        document.kind, document.number or "", document.country, document.issued_on, document.expires_on
    )  # fmt: skip
    record = OnRecord(customer.kind, customer.birth_date, customer.sex, customer.identity_number or "")
    return findings_of(paper, record, validities=validities(law, today), today=today)


@transaction.atomic
def verify_document(*, actor: User, document_id: int, how: str, at: datetime) -> IdentityDocument:
    """Say that a document is real and the customer's. It takes the place of older ones of its kind, and what was to be
    done about those is done."""
    document = _locked(actor, document_id)
    if how not in VerifiedBy:
        raise ValidationError({"how": _("Choose how you made sure that the document is real.")})
    document.findings = findings(document, today=timezone.localdate(at))
    if grave := [code for code in document.findings if code in GRAVE]:
        raise ValidationError([str(FINDINGS[code]) for code in grave])
    if how == VerifiedBy.COPY and not document.files.exists():
        raise ValidationError({"how": _("There is no copy that could have been compared: add one.")})
    name_act("customers.document.verified")
    document.status, document.verified_how = DocumentStatus.VERIFIED, how
    document.verified_by, document.verified_at = actor, at
    document.save(update_fields=["status", "verified_how", "verified_by", "verified_at", "findings"])
    _replace_older(document, actor, at)
    return document


@transaction.atomic
def refuse_document(*, actor: User, document_id: int, reason: str, at: datetime) -> IdentityDocument:
    """Say that a document is not accepted, and why."""
    document = _locked(actor, document_id)
    if len(reason.strip()) < 5:
        raise ValidationError({"reason": _("Say in a few words why it is not accepted.")})
    name_act("customers.document.refused")
    document.status, document.refusal = DocumentStatus.REFUSED, reason.strip()[:200]
    document.save(update_fields=["status", "refusal"])
    return document


def _locked(actor: User, document_id: int) -> IdentityDocument:
    """Return a document that waits, locked, for somebody who may judge it."""
    if not actor.has_perm(VERIFY):
        raise PermissionDenied(_("Compliance and leads of the desk verify documents."))
    seen: Any = IdentityDocument.objects.visible_to(actor).select_related("customer").defer("customer__search")
    document: IdentityDocument = seen.select_for_update(of=["self"]).get(pk=document_id)
    if document.status != DocumentStatus.RECEIVED:
        raise ValidationError(_("This document was judged already."))
    return document


def _replace_older(document: IdentityDocument, actor: User, at: datetime) -> None:
    older = IdentityDocument.objects.filter(
        customer_id=document.customer_id, kind=document.kind, status__in=["verified", "expired"]
    ).exclude(pk=document.pk)
    replaced = [*older.values_list("pk", flat=True)]
    older.update(status=DocumentStatus.REPLACED)
    waiting: Any = KycTask.objects.open()
    waiting.filter(document__in=replaced).update(closed_at=at, closed_by=actor)


def is_known(customer_id: int, *, today: date) -> bool:
    """Return whether a verified document of the customer holds today."""
    documents: Any = IdentityDocument.objects.filter(customer_id=customer_id)
    found: bool = documents.holding(today).exists()
    return found
