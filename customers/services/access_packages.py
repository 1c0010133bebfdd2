"""Everything that is kept about one customer, for the customer: readable and machine-readable, in one file."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import emit
from customers.masking import personal
from customers.models import Audience, Customer, EntryKind, PrivacyRequest, RequestKind
from customers.personal_data import KEPT
from customers.services.erasure_plans import plan_erasure
from customers.services.privacy_requests import locked_working, note
from staff.jobs import RunningJob
from staff.models import Job, User
from staff.services.jobs import start_job

KIND = "customers.access_package"
PERMISSION = "customers.handle_privacyrequest"
STYLE = Path(settings.ROOT) / "static" / "meridian" / "package.css"
OWN_FIELDS = ("name", "phone", "email", "identity_number", "address")
BATCH = 2_000


@transaction.atomic
def start_package(*, actor: User, request_id: int, at: datetime) -> Job:
    """Queue the package of a request for access or a copy; the file waits in the jobs of `actor`, who hands it over."""
    request = locked_working(actor, request_id, RequestKind.ACCESS, RequestKind.PORTABILITY)
    title = _("Package for %(request)s") % {"request": request.reference}
    note(request, EntryKind.PACKAGE, by=actor, at=at)
    return start_job(actor=actor, kind=KIND, title=title, parameters={"request": request.pk}, at=at)


def write_package(job: RunningJob) -> None:
    """Do the job: one ZIP with `data.json` and `readable.html`. Logged before anything is read."""
    request = PrivacyRequest.objects.visible_to(job.owner).get(pk=job.parameters["request"])
    customer = Customer.objects.defer("search").get(pk=request.customer_id)
    emit("export", table="customers_customer", pk=customer.pk, action=f"{KIND}.written",
         detail={"request": request.reference, "job": job.id})  # fmt: skip
    # One transaction: everything is of one moment.
    with transaction.atomic(), tempfile.TemporaryDirectory(prefix="meridian-package-") as folder:
        job.progress(0, None, _("Collecting"))
        content = package_of(customer, at=timezone.now())
        path = Path(folder) / "package.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("data.json", json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
            file.writestr("readable.html", readable(content))
        job.attach(path, f"{request.reference}.zip")


def package_of(customer: Customer, *, at: datetime) -> dict[str, Any]:
    """Return everything kept about a customer, as text, numbers and lists. Internal notes are ours and stay out."""
    return {
        "format": "meridian-personal-data/1",
        "made_at": at,
        "controller": settings.COMPANY_NAME,
        "customer": _customer(customer),
        "accounts": _rows(customer.accounts.order_by("id"), "number", "product__name", "currency", "balance",
                          "balance_on", "status", "opened_on", "closed_on"),
        "loans": _rows(customer.loans.order_by("id"), "number", "product__name", "currency", "principal", "outstanding",
                       "annual_rate", "periods", "disbursed_on", "matures_on", "reported_state", "purpose"),
        "products_held": [_holding(holding) for holding in customer.holdings.select_related("product").order_by("id")],
        "transactions": _rows(customer.movements.order_by("booked_on", "id"), "booked_on", "kind", "amount",
                              "currency", "balance_after", "channel", "counterparty", "purpose"),
        "contacts": _rows(customer.interactions.filter(internal=False).order_by("at"), "kind", "at", "title", "text"),
        "consents": _rows(customer.consents.order_by("at", "id"), "purpose", "channel", "given", "at", "origin",
                          "notice__version", "notice__language", "notice__text"),
        "requests": _rows(customer.privacy_requests.order_by("id"), "reference", "kind", "received_on", "due_on",
                          "state", "outcome"),
        "suitability": _rows(customer.suitability.order_by("decided_at"), "investor_class", "score", "decided_at",
                             "valid_until"),
        "seen_in_clear": _rows(customer.reveals.order_by("at"), "field", "at", "reason_kind"),
        "identity_documents": [_document(one) for one in customer.identity_documents.order_by("id")],
        # Whoever is suspected of something is not warned by their own package (AML Law; FATF Recommendation 21).
        "tags": _rows(customer.tags.exclude(tag__audience=Audience.RISK).order_by("id"), "tag__name", "source",
                      "confidence", "grounds", "at", "ended_at"),
        **{kept.key: list(kept.told(customer)) for kept in KEPT},
        "kept_until": _kept(customer, at),
    }  # fmt: skip


def _customer(customer: Customer) -> dict[str, Any]:
    portrait = getattr(customer, "portrait", None)
    return {
        "reference": customer.reference,
        **{field: personal(customer, field, clear=True) for field in OWN_FIELDS},
        "birth_date": customer.birth_date, "sex": customer.sex, "kind": customer.kind,
        "identity_kind": customer.identity_kind, "region": customer.region, "city": customer.city,
        "jurisdiction": customer.jurisdiction, "language": customer.language, "lines": customer.lines,
        "status": customer.status, "risk_level": customer.risk_level, "joined_on": customer.joined_on,
        "source": str(customer.source or ""), "number_at_source": customer.external_id,
        "lifecycle": portrait and portrait.lifecycle,
    }  # fmt: skip


def _holding(holding: Any) -> dict[str, Any]:
    return {
        "product": holding.product.name, "card_number": personal(holding, "card_number", clear=True),
        "currency": holding.currency, "units": holding.units, "value": holding.value, "value_on": holding.value_on,
        "status": holding.status, "opened_on": holding.opened_on, "matures_on": holding.matures_on,
        "closed_on": holding.closed_on,
    }  # fmt: skip


def _document(document: Any) -> dict[str, Any]:
    return {
        "kind": str(document.get_kind_display()), "number": personal(document, "number", clear=True),
        "country": document.country, "issuer": document.issuer, "issued_on": document.issued_on,
        "expires_on": document.expires_on, "status": document.status,
    }  # fmt: skip


def _rows(rows: Any, *fields: str) -> list[dict[str, Any]]:
    return [
        {name.replace("__", "_"): value for name, value in row.items()} for row in rows.values(*fields).iterator(BATCH)
    ]


def _kept(customer: Customer, at: datetime) -> list[dict[str, Any]]:
    """How long each part is kept, and why: the person is told (PIPL art. 17; GDPR art. 15(1)(d))."""
    return [
        {
            "part": str(part.name.label),
            "until": part.hold and part.hold.until,
            "by": part.hold and str(part.hold.rule.source),
        }
        for part in plan_erasure(customer, today=timezone.localdate(at))
    ]


def readable(content: dict[str, Any]) -> str:
    """Return the package as a page that prints, in the language of whoever makes it."""
    tables = [(title, _table(content[key])) for key, title in _titles()]
    return render_to_string(
        "customers/access_package.html",
        {
            "content": content,
            "facts": [(_words(name), _shown(value)) for name, value in content["customer"].items()],
            "tables": tables,
            "style": STYLE.read_text(),
        },
    )


def _titles() -> list[tuple[str, Any]]:
    return [
        ("accounts", _("Accounts")),
        ("loans", _("Loans")),
        ("products_held", _("Products held")),
        ("transactions", _("Transactions")),
        ("contacts", _("Contacts")),
        ("consents", _("Consents")),
        ("requests", _("Privacy requests")),
        ("suitability", _("Suitability")),
        ("seen_in_clear", _("Who was shown what in clear")),
        ("identity_documents", _("Identity documents")),
        ("tags", _("What is said of you")),
        *((kept.key, kept.title) for kept in KEPT),
        ("kept_until", _("How long it is kept")),
    ]


def _table(rows: list[dict[str, Any]]) -> dict[str, Any]:
    heads: Iterable[str] = rows[0] if rows else ()
    return {
        "heads": [_words(name) for name in heads],
        "rows": [[_shown(value) for value in row.values()] for row in rows],
    }


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "–" if value is None or value == "" else str(value)
