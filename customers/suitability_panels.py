"""What suitability puts on every page of a customer: the pill, the sections of the overview, the timeline, the tab."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import CoolingOff, Customer, SuitabilityResult
from customers.panels import (
    SIDE,
    Flags,
    Moments,
    Panel,
    Tab,
    Text,
    register_flags,
    register_moments,
    register_panel,
    register_tab,
)
from customers.services.suitability_carrying import standing_result
from customers.services.timeline import Moment, of_day
from customers.suitability_columns import CLASS_TONES, class_pill, evidence_link, valid_cell
from pages.templatetags.pages import deadline
from staff.models import User

SEEN = "customers.view_suitabilityresult"
SHOWN = 5


def register() -> None:
    register_tab(Tab("suitability", gettext_lazy("Suitability"), "suitability/", SEEN))
    register_flags(Flags("suitability", flags, SEEN, queries=2))
    register_panel(
        Panel(
            "suitability",
            gettext_lazy("Suitability"),
            panel,
            "customers/suitability_panel.html",
            SEEN,
            SIDE,
            order=20,
            queries=3,
        )
    )
    register_moments(Moments("suitability", moments, permission=SEEN, queries=2))


def flags(user: User, customer: Customer) -> list[tuple[Text, str]]:
    """The class, or that it has expired; nothing for who was never assessed."""
    newest = standing_result(customer, timezone.now())
    if newest is None:
        return []
    if newest.valid_until < timezone.localdate():
        return [(_("%(class)s expired") % {"class": newest.investor_class}, "amber")]
    return [(newest.get_investor_class_display(), CLASS_TONES[newest.investor_class])]


def panel(user: User, customer: Customer) -> dict[str, Any]:
    """The class with its evidence, periods to withdraw, and the question what they may buy."""
    result = standing_result(customer, timezone.now())
    running = CoolingOff.objects.visible_to(user).filter(customer=customer).running(timezone.localdate())
    facts: list[tuple[Any, Any]] = []
    if result is not None:
        facts = [
            (_("Class"), class_pill(result)),
            (_("Valid until"), valid_cell(result)),
            (_("Evidence"), evidence_link(result)),
        ]
    facts += [
        (_("May withdraw from %(product)s") % {"product": one.product}, deadline(one.ends_on, amber_hours=72))
        for one in running.select_related("product").order_by("ends_on", "pk")[:SHOWN]
    ]
    return {
        "facts": facts,
        "is_assessed": result is not None,
        "url": reverse("customers:customer_may_buy", args=[customer.reference]),
        "tab": reverse("customers:customer_suitability", args=[customer.reference]),
    }


def moments(customer: Customer, reader: User, limit: int) -> list[Moment]:
    results = SuitabilityResult.objects.filter(customer__in=customer.numbers).order_by("-decided_at", "-id")[:limit]
    periods = CoolingOff.objects.visible_to(reader).filter(customer=customer).select_related("product")
    tab = f"/customers/{customer.reference}/suitability/"
    assessed = [
        Moment(
            row.decided_at,
            "business",
            "checklist",
            _("Suitability assessed: %(class)s") % {"class": row.get_investor_class_display()},
            "" if not row.review else row.get_review_display(),
            url=tab,
            tone="amber" if row.review == "waiting" else "",
        )
        for row in results
    ]
    withdrawn = [
        of_day(
            row.declared_on, "arrow-back-up", _("Withdrawn within the cooling-off period"), str(row.product), url=tab
        )
        for row in periods.filter(state="withdrawn").order_by("-declared_on", "-id")[:limit]
    ]
    return assessed + withdrawn
