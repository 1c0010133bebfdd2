"""Taking the plain text of one part of a customer out of every table. What stays sums up to the same as before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, quote_plus

from django.db import connection, transaction
from django.db.models import CharField, Q, Value
from django.db.models.fields.files import FieldFile
from django.db.models.functions import Cast, Concat

from customers.models import (
    Consent,
    CoolingOff,
    Customer,
    CustomerTag,
    EddItem,
    ErasurePartName,
    Holding,
    IdentityDocument,
    Interaction,
    KycProfile,
    KycReview,
    MatchKey,
    MergeField,
    PrivacyRequest,
    Representative,
    RequestEntry,
    Reveal,
    ScreeningHit,
    Stake,
    StandingOrder,
    SuitabilityResult,
)
from customers.personal_data import KEPT
from customers.rules.merging import CHOSEN
from customers.services.document_files import drop_copies
from customers.sql import statement
from staff.services.jobs import drop_results
from surveys.models import Answer

SUITABILITY = "suitability"
NAMELESS = "–"  # the table demands a name
IDENTITY = (
    "birth_date", "phone", "phone_index", "phone_tail_index", "address", "identity_number", "identity_index",
    "identity_tail_index",
)  # fmt: skip
PERSONAL_JOBS = ("customers.export", "customers.access_package")
# A record whose plain texts in the log are to go, as (table, key).
Touched = Iterable[tuple[str, object]]


def erase_contact(customer: Customer) -> Touched:
    Customer.objects.filter(pk=customer.pk).update(email=None, email_index=None)
    return [("customers_customer", customer.pk), *_forget_merged(customer, ["email"])]


def erase_accounts(customer: Customer) -> Touched:
    cards = Holding.objects.filter(customer=customer, card_number__isnull=False)
    orders = StandingOrder.objects.filter(account__customer=customer)
    touched = [
        *(("customers_holding", pk) for pk in cards.values_list("pk", flat=True)),
        *(("customers_standingorder", pk) for pk in orders.values_list("pk", flat=True)),
    ]
    cards.update(card_number=None, card_index=None, card_tail_index=None)
    orders.update(payee_bank="", payee_account="", purpose="")
    return touched


def erase_notes(customer: Customer) -> Touched:
    """What was written about the customer, and what they wrote."""
    written: list[tuple[Any, dict[str, Any]]] = [
        (Interaction.objects.filter(customer=customer), {"title": NAMELESS, "text": ""}),
        (Reveal.objects.filter(customer=customer), {"reason": ""}),
        (CustomerTag.objects.filter(customer=customer), {"grounds": ""}),
        (Consent.objects.filter(customer=customer).exclude(evidence=""), {"evidence": ""}),
        (PrivacyRequest.objects.filter(customer=customer), {"text": None, "proposed": None}),
        (RequestEntry.objects.filter(request__customer=customer), {"text": ""}),
        (SuitabilityResult.objects.filter(customer=customer).exclude(review_reason=""), {"review_reason": ""}),
        (CoolingOff.objects.filter(customer=customer), {"reason": ""}),
        *(emptied for kept in KEPT for emptied in kept.emptied(customer)),
    ]
    files = [file for kept in KEPT for file in kept.files(customer)]
    touched = [
        (rows.model._meta.db_table, pk) for rows, _emptied in written for pk in rows.values_list("pk", flat=True)
    ]
    for rows, emptied in written:
        rows.update(**emptied)
    transaction.on_commit(lambda: delete_files(files))
    return touched


def delete_files(files: Iterable[FieldFile]) -> None:
    """Delete from disk what no row names any more; one that is gone already is no trouble."""
    for file in files:
        file.storage.delete(str(file.name))


def erase_identity(customer: Customer) -> Touched:
    """Who they are, and what they said of themselves in questionnaires; classes and checks stay, as numbers."""
    said = Answer.objects.filter(response__subject=customer.pk, response__purpose=SUITABILITY, value__isnull=False)
    answers = [*said.values_list("pk", flat=True)]
    said.update(value=None)
    documents = IdentityDocument.objects.filter(customer=customer)
    keys = [*documents.values_list("pk", flat=True)]
    files = drop_copies(keys)
    hits = ScreeningHit.objects.filter(customer=customer)
    matched = [*hits.values_list("pk", flat=True)]
    hits.update(matched={}, reason="")
    documents.update(number=None, number_index=None, issuer="", refusal="")
    Customer.objects.filter(pk=customer.pk).update(
        name=NAMELESS, sex="", city="", identity_kind="", **dict.fromkeys(IDENTITY)
    )
    MatchKey.objects.filter(customer=customer).delete()
    known = _what_is_known(customer)
    return [
        *known,
        ("customers_customer", customer.pk),
        *(("customers_identitydocument", pk) for pk in keys),
        *(("customers_documentfile", pk) for pk in files),
        *(("customers_screeninghit", pk) for pk in matched),
        *(("surveys_answer", pk) for pk in answers),
        *_forget_merged(customer, [*CHOSEN, "identity_kind", "region"]),
    ]


def _what_is_known(customer: Customer) -> Touched:
    """Owners, representatives, conclusions of reviews and of enhanced due diligence lose their words and keep their
    numbers and days."""
    written: list[tuple[Any, dict[str, Any]]] = [
        (Stake.objects.filter(customer=customer), {"number": None, "evidence": ""}),
        (Representative.objects.filter(customer=customer), {"name": NAMELESS, "number": None, "evidence": ""}),
        (KycReview.objects.filter(customer=customer), {"conclusion": ""}),
        (KycProfile.objects.filter(customer=customer), {"override_reason": ""}),
        (EddItem.objects.filter(review__customer=customer), {"finding": NAMELESS, "evidence": ""}),
    ]
    touched = [(rows.model._meta.db_table, pk) for rows, _ in written for pk in rows.values_list("pk", flat=True)]
    for rows, emptied in written:
        rows.update(**emptied)
    # A structure stays one: who is in it is told apart by numbers.
    nameless = Concat(Value(f"{NAMELESS} "), Cast("pk", CharField()))
    Stake.objects.filter(customer=customer).update(holder=nameless, company="")
    return touched


def _forget_merged(customer: Customer, fields: Iterable[str]) -> list[tuple[str, object]]:
    """What stands beside merges of the customer about these fields."""
    kept = MergeField.objects.filter(Q(merge__survivor=customer) | Q(merge__absorbed=customer), field__in=list(fields))
    touched: list[tuple[str, object]] = [("customers_mergefield", pk) for pk in kept.values_list("pk", flat=True)]
    kept.update(was=None, became=None)
    return touched


def erase_traces(customer: Customer) -> Touched:
    """Where the customer's values stand by chance: in rows that an import refused, answers that were kept, jobs,
    notifications and saved searches. Rows that only look the same lose their text as well.
    """
    touched = [("staff_job", pk) for pk in drop_results(kinds=PERSONAL_JOBS)]
    values = _patterns(customer)
    with connection.cursor() as cursor:
        cursor.execute(statement("erase_traces"), {"values": values})
        return [*touched, *cursor.fetchall()]


def _patterns(customer: Customer) -> list[str]:
    """Patterns of LIKE over the customer's values, in the forms that people and files write them."""
    cards = [holding.card_number for holding in customer.holdings.exclude(card_number=None)]
    phone = customer.phone or ""
    values = {
        customer.name, phone, phone[-11:], phone[-8:], customer.email, customer.identity_number, customer.address,
        *cards, *(card and card.replace(" ", "") for card in cards),
    }  # fmt: skip
    known = {str(value) for value in values if value and len(value) > 1 and value != NAMELESS}
    # Filters are kept as they stand in addresses.
    written = known | {quote(value) for value in known} | {quote_plus(value) for value in known}
    return [f"%{_escaped(value)}%" for value in sorted(written)]


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


ERASERS: dict[str, Callable[[Customer], Touched]] = {
    # Traces are looked for by the values of the others, so they go first.
    ErasurePartName.TRACES: erase_traces,
    ErasurePartName.CONTACT: erase_contact,
    ErasurePartName.NOTES: erase_notes,
    ErasurePartName.ACCOUNTS: erase_accounts,
    ErasurePartName.IDENTITY: erase_identity,
}
