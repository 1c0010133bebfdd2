"""The sections that this room itself puts on a customer's overview."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.masking import Masked
from customers.models import Audience, Customer, DuplicatePair, Merge
from customers.panels import MAIN, SIDE, Flags, Panel, Tab, register_flags, register_panel, register_tab
from customers.services.callers import standing
from customers.services.changes_since import changes_since, last_contact
from customers.services.exposure import Exposure, Upcoming, exposure_of, totals, upcoming_of
from customers.services.related import related_to
from customers.views.graph import context_of
from pages.formats import amount, day, money, percent
from pages.lists import Column
from products.models import LineCode
from staff.models import User

TAGS_SHOWN = 20
KINDS = {
    "instalment": gettext_lazy("Instalment due"),
    "loan": gettext_lazy("Loan ends"),
    "holding": gettext_lazy("Product ends"),
    "cooling_off": gettext_lazy("Last day to withdraw"),
    "suitability": gettext_lazy("Suitability assessment ends"),
}


def register() -> None:
    register_tab(Tab("kyc", gettext_lazy("KYC"), "kyc/", "customers.view_identitydocument"))
    register_panel(
        Panel(
            "related",
            gettext_lazy("Related customers"),
            related_panel,
            "customers/related_panel.html",
            column=MAIN,
            order=70,
            queries=2,
        )
    )
    register_panel(
        Panel(
            "records",
            gettext_lazy("One record"),
            records_panel,
            "customers/records_panel.html",
            "customers.view_merge",
            order=80,
            queries=2,
        )
    )
    register_panel(
        Panel("tags", gettext_lazy("Tags"), tags_panel, "customers/tags_panel.html", "customers.view_tag", order=3)
    )
    register_flags(Flags("tags", flags_of_care, "customers.view_care_tag"))
    register_panel(
        Panel(
            "caller",
            gettext_lazy("Who is calling"),
            caller_panel,
            "customers/caller_panel.html",
            "customers.verify_caller",
            order=0,
            queries=7,
        )
    )
    register_panel(
        Panel(
            "exposure",
            gettext_lazy("Business lines"),
            exposure_panel,
            "customers/exposure_panel.html",
            column=MAIN,
            order=10,
        )
    )
    register_panel(
        Panel(
            "changes",
            gettext_lazy("Changed since the last contact"),
            changes_panel,
            "customers/changes_panel.html",
            order=5,
            queries=4,
        )
    )
    register_panel(
        Panel("upcoming", gettext_lazy("Next 90 days"), upcoming_panel, "customers/upcoming_panel.html", "", SIDE, 10)
    )


def caller_panel(user: User, customer: Customer) -> dict[str, Any] | None:
    """The checklist that is passed before a value is revealed; not for those whose data is restricted or gone."""
    if customer.restricted_at or customer.erased_at:
        return None
    return {
        "standing": standing(actor=user, customer=customer, at=timezone.now()),
        "customer": customer,
        "is_free": user.has_perm("customers.reveal_unverified"),
    }


def tags_panel(user: User, customer: Customer) -> dict[str, Any] | None:
    """What is said of the customer now, each with its source, time and confidence."""
    said = customer.tags.standing().visible_to(user).select_related("tag", "by").order_by("-at", "-id")[:TAGS_SHOWN]
    found = [
        (one, f"{one.by or one.get_source_display()} · {day(one.at)} · {percent(one.confidence, 0)}") for one in said
    ]
    return {"said": found, "reference": customer.reference} if found else None


def flags_of_care(user: User, customer: Customer) -> list[tuple[str, str]]:
    """What whoever speaks with the customer must know at once: tags of care and risk, as far as the person may."""
    said = customer.tags.standing().visible_to(user).exclude(tag__audience=Audience.EVERYONE).select_related("tag")
    return [(one.tag.label, one.tag.tone) for one in said.order_by("tag__code")[:TAGS_SHOWN]]


def exposure_panel(user: User, customer: Customer) -> dict[str, Any] | None:
    lines = exposure_of(customer, reader=user, day=timezone.localdate())
    if not lines:
        return None
    base = f"/customers/{customer.reference}/accounts/"
    names = {code.value: str(code.label) for code in LineCode}
    return {"columns": _columns(base, names), "rows": [*lines, *totals(lines)], "label": _("Business lines")}


def _columns(base: str, names: dict[str, str]) -> list[Column]:
    def linked(name: str, part: str) -> Any:
        def cell(row: Exposure) -> Any:
            value = getattr(row, name)
            if not value:
                return "–"
            query = f"?line={row.line}" if row.line else ""
            return format_html('<a href="{}{}#{}">{}</a>', base, query, part, amount(value))

        return cell

    return [
        Column("line", _("Line"), lambda row: names.get(row.line) or _("All lines")),
        Column("currency", _("Currency"), lambda row: row.currency),
        Column("balance", _("Balance"), linked("balance", "accounts"), numeric=True),
        Column("held", _("Products held"), linked("held", "holdings"), numeric=True),
        Column("insured", _("Sum insured"), linked("insured", "holdings"), numeric=True),
        Column("owed", _("Owed"), linked("owed", "loans"), numeric=True),
    ]


def changes_panel(user: User, customer: Customer) -> dict[str, Any] | None:
    """What changed since this person's last contact, else since anybody's; nothing where nobody has spoken yet."""
    contact = last_contact(customer, user)
    if contact is None:
        return None
    found = changes_since(customer, reader=user, since=contact.at, now=timezone.now())
    whose = _("Your last contact") if contact.author_id == user.pk else _("The desk's last contact")
    facts = [(day(one.day), f"{one.title}: {one.text}" if one.text else one.title) for one in found]
    return {"whose": whose, "since": contact.at, "facts": facts}


def upcoming_panel(user: User, customer: Customer) -> dict[str, Any] | None:
    found, is_more = upcoming_of(customer, reader=user, day=timezone.localdate())
    if not found:
        return None
    return {"facts": [(day(one.day), _said(customer, one)) for one in found], "is_more": is_more}


def _said(customer: Customer, one: Upcoming) -> Any:
    url = f"/customers/{customer.reference}/{_place_of(one)}"
    worth = "" if one.amount is None else f" · {money(one.amount, one.currency)}"
    return format_html('<a href="{}">{}</a> {}{}', url, KINDS[one.kind], one.product, worth)


def _place_of(one: Upcoming) -> str:
    if one.kind in ("cooling_off", "suitability"):
        return "suitability/"
    return f"loans/{one.loan_id}/" if one.loan_id else f"accounts/?line={one.line}#holdings"


def records_panel(user: User, customer: Customer) -> dict[str, Any] | None:
    """Who may be the same, and who was merged into this record; nothing where there is neither."""
    pairs = DuplicatePair.objects.visible_to(user).open().filter(Q(first=customer) | Q(second=customer))
    found = [
        {"pk": pk, "shown": f"{score:.1f}", "other": one if other == customer.reference else other}
        for pk, score, one, other in pairs.order_by("-score").values_list(
            "pk", "score", "first__reference", "second__reference"
        )[:5]
    ]
    merges = list(Merge.objects.standing().filter(survivor=customer).for_list()[:10]) if customer.absorbed else []
    return {"pairs": found, "merges": merges} if found or merges else None


def related_panel(user: User, customer: Customer) -> dict[str, Any] | None:
    """Who is tied to the customer, as a drawing and a table; nothing where the reader sees nobody."""
    found = related_to(customer, reader=user, day=timezone.localdate())
    return context_of(found, Masked(user)) if found else None
