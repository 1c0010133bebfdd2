"""Screening hits: a list, and a page on which both sides stand side by side. For those alone who may know of them."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from audit.services import emit
from customers.filters.screening import HitFilter
from customers.forms.screening import ClearHitForm, ConfirmHitForm
from customers.masking import Masked
from customers.models import ScreeningHit
from customers.screening_commands import CLEAR
from customers.services import screening_hits as services
from customers.views.asking import ask
from customers.views.frame import customer_url
from pages.actions import Action
from pages.formats import day
from pages.lists import Column, ListPage, render_list
from pages.templatetags.pages import moment, pill_html
from staff.models import ChangeRequest
from staff.services.changes import propose
from staff.views.waiting import say_waiting

STATES = {
    "open": (gettext_lazy("Open"), "red"),
    "confirmed": (gettext_lazy("Confirmed"), "critical"),
    "cleared": (gettext_lazy("Cleared"), "green"),
    "replaced": (gettext_lazy("Replaced"), ""),
}
HOWS = {
    "same": gettext_lazy("the same"),
    "typo": gettext_lazy("nearly the same"),
    "sound": gettext_lazy("the same sound"),
    "initial": gettext_lazy("an initial"),
}
POINTS = {
    "same_birth_date": gettext_lazy("Same birth date"),
    "near_birth_year": gettext_lazy("Birth year at most one off"),
    "other_birth_date": gettext_lazy("Another birth date, at most a year off"),
    "other_birth_year": gettext_lazy("Another birth year"),
    "same_country": gettext_lazy("Same country"),
    "identifier": gettext_lazy("The same document number"),
}
PAIR_COLUMNS = (
    Column("ours", gettext_lazy("Customer"), lambda row: row[0], mono=True),
    Column("theirs", gettext_lazy("Watch list"), lambda row: row[1], mono=True),
    Column("how", gettext_lazy("How"), lambda row: HOWS.get(row[2], row[2])),
    Column("likeness", gettext_lazy("Likeness"), lambda row: f"{row[3]} %", numeric=True),
)


def state_pill(row):
    label, tone = STATES[row.state]
    return pill_html(label, tone)


def hit_url(row, part=""):
    return f"/customers/screening/hits/{row.pk}/{part}"


def hit_columns(user):
    masked = Masked(user)
    return (
        Column("hit", gettext_lazy("Hit"), lambda row: str(row), mono=True, link=True, sort="id"),
        Column("score", gettext_lazy("Likeness"), lambda row: f"{row.score} %", numeric=True, sort="score"),
        Column(
            "customer", gettext_lazy("Customer"), lambda row: f"{row.customer.reference} {masked.name(row.customer)}"
        ),
        Column("entry", gettext_lazy("On the list"), lambda row: row.matched.get("name") or row.entry.names[0]),
        Column("list", gettext_lazy("Watch list"), lambda row: row.entry.watch_list),
        Column("state", gettext_lazy("State"), state_pill),
        Column("opened_at", gettext_lazy("Opened"), lambda row: moment(row.opened_at), sort="opened_at"),
        Column("decided_by", gettext_lazy("Decided by"), lambda row: row.decided_by or "–"),
    )


@require_safe
@login_required
@permission_required("customers.view_screeninghit", raise_exception=True)
def hit_list(request):
    """Open hits, the likeliest first; decided ones for whoever asks for them."""
    seen = ScreeningHit.objects.visible_to(request.user).for_list()
    if "state" not in request.GET:
        seen = seen.open()
    listing = ListPage(
        request,
        filterset=HitFilter(request.GET, queryset=seen, request=request),
        columns=hit_columns(request.user),
        order=["-score", "id"],
        row_url=hit_url,
        search_field="",
        label=_("Screening hits"),
        empty=_("No hit is open: no customer is like somebody on a list that is in force."),
    )
    return render_list(request, "customers/hit_list.html", listing)


def visible_hit(request, pk):
    """The hit, whose reading is logged under its own name: an event of the customer would tell others of it."""
    row = get_object_or_404(ScreeningHit.objects.visible_to(request.user).for_list(), pk=pk)
    emit("read", table="customers_screeninghit", pk=row.pk, action="customers.screening.opened")
    return row


@require_safe
@login_required
@permission_required("customers.view_screeninghit", raise_exception=True)
def hit_detail(request, pk):
    row = visible_hit(request, pk)
    return render(
        request,
        "customers/hit_detail.html",
        {
            "row": row,
            "state": state_pill(row),
            "crumbs": [(_("Screening hits"), reverse("customers:hit_list")), (str(row), "")],
            "actions": _actions(request.user, row),
            "waiting": ChangeRequest.objects.open().about("customers_screeninghit", row.pk),
            "sides": _sides(request.user, row),
            "pairs": row.matched.get("pairs", []),
            "pair_columns": PAIR_COLUMNS,
            "points": [(POINTS.get(name, name), f"{points:+d}") for name, points in row.matched.get("points", [])],
            "names_score": row.matched.get("names", 0),
            "decided": _decided(row),
            "customer_url": customer_url(row.customer, "kyc/"),
        },
    )


def _sides(user, row):
    """What both sides say of each thing: its name, the customer, the list."""
    customer, entry = row.customer, row.entry
    born = customer.birth_date.year if customer.birth_date else ""
    masked = Masked(user)
    return [
        (_("Name"), masked.name(customer), "; ".join(entry.names)),
        (_("Born"), born, ", ".join(entry.birth_dates)),
        (_("Country"), customer.jurisdiction, ", ".join(entry.countries)),
        (_("Kind"), customer.get_kind_display(), entry.get_kind_display()),
        (_("Identity number"), masked.of(customer, "identity_number"), ", ".join(entry.identifiers)),
        (_("Program"), "", entry.program),
        (_("Note"), "", entry.note),
        (_("On the list"), "", _("yes") if entry.to_version is None else _("no longer")),
        (_("Customer since"), day(customer.joined_on), ""),
    ]


def _decided(row):
    if row.is_open:
        return []
    return [
        (_("Decided by"), row.decided_by),
        (_("At"), moment(row.confirmed_at or row.cleared_at)),
        (_("Grounds"), row.get_cleared_as_display() if row.cleared_as else ""),
        (_("Reason"), row.reason),
        (_("Replaced by"), row.replaced_by_id and f"H-{row.replaced_by_id}"),
    ]


def _actions(user, row):
    why_not = None if user.has_perm(services.HANDLE) else _("Compliance decides screening hits.")
    if not row.is_open:
        why_not = _("This hit was decided already.")
    return [
        Action(_("Clear…"), hit_url(row, "clear/"), "circle-check", primary=True).unless(why_not),
        Action(_("Confirm…"), hit_url(row, "confirm/"), "alert-octagon", tone="red").unless(why_not),
    ]


@dataclass(frozen=True)
class Act:
    title: Any
    form: Any


ACTS = {
    "clear": Act(gettext_lazy("Ask to clear a hit"), ClearHitForm),
    "confirm": Act(gettext_lazy("Confirm a hit"), ConfirmHitForm),
}


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.handle_screeninghit", raise_exception=True)
def hit_act(request, pk, act):
    row = visible_hit(request, pk)
    if act not in ACTS:
        raise Http404
    chosen = ACTS[act]

    def service(cleaned):
        if act == "confirm":
            return services.confirm_hit(actor=request.user, hit_id=row.pk, at=timezone.now(), **cleaned)
        return say_waiting(request, ask_to_clear(actor=request.user, hit_id=row.pk, at=timezone.now(), **cleaned))

    return ask(
        request,
        chosen.form(request.POST) if request.method == "POST" else chosen.form(),
        title=chosen.title,
        crumbs=[(_("Screening hits"), reverse("customers:hit_list")), (str(row), hit_url(row))],
        service=service,
        then=hit_url(row),
        tone="red" if act == "confirm" else "",
    )


def ask_to_clear(*, actor, hit_id, cleared_as, reason, at):
    """Ask for a second person to agree that the customer is not who stands on the list."""
    services.check_clearing(cleared_as, reason)
    arguments = {"hit_id": hit_id, "cleared_as": cleared_as}
    return propose(actor=actor, command=CLEAR, arguments=arguments, reason=reason, at=at)
