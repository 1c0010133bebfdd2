from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from customers.filters.privacy import PrivacyRequestFilter
from customers.forms import privacy as shapes
from customers.masking import Masked, mask_field
from customers.models import EntryKind, PrivacyRequest, RequestKind, RequestOutcome, RequestState
from customers.privacy_commands import PACKAGE
from customers.rules.deadlines import tone_of_deadline
from customers.services import erasures
from customers.services import privacy_requests as services
from customers.services.privacy_rules import working_calendar
from customers.services.reading import open_customer
from customers.views.asking import ask
from customers.views.frame import customer_url, visible_customer
from pages.actions import Action
from pages.formats import day
from pages.lists import Column, ListPage, render_list
from pages.templatetags.pages import deadline, moment, pill_html
from staff.services.changes import propose

TONES = {RequestState.RECEIVED: "blue", RequestState.WORKING: "amber", RequestState.ANSWERED: "green"}
OUTCOME_TONES = {RequestOutcome.FULFILLED: "green", RequestOutcome.PARTLY: "amber", RequestOutcome.REFUSED: "red"}
ICONS = {
    EntryKind.RECEIVED: "inbox",
    EntryKind.IDENTITY: "id",
    EntryKind.OWNER: "user-check",
    EntryKind.EXTENDED: "calendar-due",
    EntryKind.PACKAGE: "package",
    EntryKind.CORRECTED: "edit",
    EntryKind.RESTRICTED: "lock",
    EntryKind.LIFTED: "lock-open",
    EntryKind.ERASURE: "trash",
    EntryKind.ERASED: "trash",
    EntryKind.NOTE: "note",
    EntryKind.ANSWERED: "send",
    EntryKind.WITHDRAWN: "arrow-back-up",
}


def request_columns(user, today):
    masked, chip = Masked(user), deadlines(today)
    return (
        Column("reference", gettext_lazy("Request no."), lambda row: row.reference, mono=True, link=True),
        Column("kind", gettext_lazy("Kind"), lambda row: row.get_kind_display()),
        Column("customer", gettext_lazy("Customer"), lambda row: masked.name(row.customer)),
        Column("state", gettext_lazy("State"), state_pill),
        Column("due_on", gettext_lazy("Due"), chip, sort="due_on"),
        Column("received_on", gettext_lazy("Received on"), lambda row: day(row.received_on), sort="received_on"),
        Column("owner", gettext_lazy("Owner"), lambda row: row.owner or "–"),
        Column("jurisdiction", gettext_lazy("Jurisdiction"), lambda row: row.jurisdiction, default=False),
        Column("answered_at", gettext_lazy("Answered"), lambda row: moment(row.answered_at), default=False),
    )


def deadlines(today):
    """Return what draws a request's deadline; each jurisdiction's calendar is read once."""
    calendars: dict[str, Any] = {}

    def chip(row):
        law = row.jurisdiction
        is_working = calendars.setdefault(law, working_calendar(law, today)) if law not in calendars else calendars[law]
        return deadline(
            row.due_on, tone=tone_of_deadline(today, row.due_on, is_working=is_working), done=not row.is_open
        )

    return chip


def state_pill(row):
    if row.outcome:
        return pill_html(row.get_outcome_display(), OUTCOME_TONES[row.outcome])
    return pill_html(row.get_state_display(), TONES.get(row.state, ""))


@require_safe
@login_required
@permission_required("customers.view_privacyrequest", raise_exception=True)
def request_list(request):
    """Requests of people about their own data, the next deadline first."""
    seen = PrivacyRequest.objects.visible_to(request.user).for_list()
    # Closed ones have no next deadline: they are shown to whoever asks for them.
    if "state" not in request.GET:
        seen = seen.open()
    listing = ListPage(
        request,
        filterset=PrivacyRequestFilter(request.GET, queryset=seen, request=request),
        columns=request_columns(request.user, timezone.localdate()),
        order=["due_on", "id"],
        row_url=request_url,
        search_field="",
        label=_("Privacy requests"),
        empty=_("No request is open. Customer service records one on the Privacy tab of a customer."),
    )
    return render_list(request, "customers/request_list.html", listing)


def request_url(row, part=""):
    return f"/customers/privacy/requests/{row.reference}/{part}"


def visible_request(request, reference):
    """Return a request that this person may see; it tells of its customer, so seeing it is a read of them."""
    seen = PrivacyRequest.objects.visible_to(request.user).select_related("customer", "owner", "rule", "recorded_by")
    row = get_object_or_404(seen.defer("customer__search"), reference=reference.upper())
    open_customer(row.customer, "request", row.pk)
    return row


def crumbs_of(row=None):
    home = [(_("Privacy requests"), reverse("customers:request_list"))]
    return [*home, (row.reference, request_url(row))] if row else home


@require_safe
@login_required
@permission_required("customers.view_privacyrequest", raise_exception=True)
def request_detail(request, reference):
    row, user = visible_request(request, reference), request.user
    chip = deadlines(timezone.localdate())(row)
    return render(
        request,
        "customers/request_detail.html",
        {
            "row": row,
            "title": f"{row.reference} · {row.get_kind_display()}",
            "name": Masked(user).name(row.customer),
            "customer_url": customer_url(row.customer, "privacy/"),
            "state": state_pill(row),
            "deadline": chip,
            "crumbs": [*crumbs_of(), (row.reference, "")],
            "actions": actions(user, row),
            "facts": _facts(user, row),
            "events": _events(user, row),
            "correction": _correction(row),
            "parts": erasure_parts(row),
        },
    )


def _facts(user, row):
    return [
        (_("Received on"), day(row.received_on)),
        (_("Recorded by"), row.recorded_by),
        (_("Jurisdiction"), row.jurisdiction),
        (_("Deadline by"), f"{row.rule} ({row.rule.source})"),
        (_("Due before the extension"), day(row.extended_from) if row.extended_from else ""),
        (_("Identity check"), row.get_identity_check_display() if row.identity_check else _("not yet")),
        (_("Owner"), row.owner),
        (_("In their words"), Masked(user).note(row.customer, row.text or "")),
    ]


def _events(user, row):
    masked = Masked(user)
    return [
        {
            "at": entry.at,
            "title": entry.get_kind_display(),
            "text": masked.note(row.customer, entry.text),
            "who": entry.by,
            "icon": ICONS[entry.kind],
            "internal": entry.kind == EntryKind.NOTE,
        }
        for entry in row.entries.select_related("by")
    ]


def erasure_parts(row):
    from customers.views.erasures import parts_of  # its page stands on this one

    return parts_of(row.customer, today=timezone.localdate()) if row.kind == RequestKind.DELETION else None


def _correction(row):
    """Before and after of a correction, as masks: what was typed can be compared with what stands without reading it."""
    if row.kind != RequestKind.CORRECTION or not row.proposed:
        return None
    before = getattr(row.customer, row.field)
    return {
        "label": services.field_label(row.field),
        "before": mask_field(row.field, str(before or "")),
        "after": mask_field(row.field, row.proposed),
        "same": str(before or "") == row.proposed,
    }


def ask_for_package(*, actor, request_id, reason, at):
    """A second person agrees before everything about somebody leaves the house."""
    return propose(actor=actor, command=PACKAGE, arguments={"request_id": request_id}, reason=reason, at=at)


@dataclass(frozen=True)
class Act:
    """One thing that compliance does with a request: its button, its form, its service and for which kinds it is."""

    label: Any
    form: type[forms.Form] | None
    service: Any
    icon: str
    kinds: tuple[str, ...] = ()
    closed_too: bool = False
    after_check: bool = True


ACTS = {
    "identity": Act(gettext_lazy("Check identity"), shapes.IdentityForm, services.check_identity, "id", (), False, False),
    "owner": Act(gettext_lazy("Name owner"), shapes.OwnerForm, services.assign_request, "user-check", (), False, False),
    "package": Act(
        gettext_lazy("Ask for package"), shapes.ReasonForm, ask_for_package, "package",
        (RequestKind.ACCESS, RequestKind.PORTABILITY),
    ),
    "correct": Act(
        gettext_lazy("Correct"), forms.Form, services.correct_customer, "edit", (RequestKind.CORRECTION,)
    ),
    "restrict": Act(
        gettext_lazy("Restrict"), forms.Form, services.restrict_customer, "lock",
        (RequestKind.RESTRICTION, RequestKind.OBJECTION, RequestKind.DELETION),
    ),
    "lift": Act(
        gettext_lazy("Lift restriction"), shapes.ReasonForm, services.lift_restriction, "lock-open",
        (RequestKind.RESTRICTION, RequestKind.OBJECTION), True,
    ),
    "extend": Act(gettext_lazy("Extend deadline"), shapes.ToldForm, services.extend_request, "calendar-due"),
    "note": Act(gettext_lazy("Add note"), shapes.NoteForm, services.add_note, "note", (), True, False),
    "withdraw": Act(
        gettext_lazy("Withdrawn by the person"), shapes.ReasonForm, services.withdraw_request, "arrow-back-up", (),
        False, False,
    ),
    "answer": Act(gettext_lazy("Answer"), shapes.AnswerForm, services.answer_request, "send"),
}  # fmt: skip


def actions(user, row):
    may = user.has_perm(services.HANDLE)
    shown = [
        Action(act.label, request_url(row, f"{name}/"), act.icon, primary=name == _next_step(row)).unless(
            hurdle(row, act) if may else _("Compliance handles requests.")
        )
        for name, act in ACTS.items()
        if not act.kinds or row.kind in act.kinds
    ]
    if row.kind == RequestKind.DELETION:
        why_not = erasures.hurdle_to_erasing(row) if may else _("Compliance handles requests.")
        shown.append(Action(_("Plan erasure…"), request_url(row, "erasure/"), "trash", tone="red").unless(why_not))
    return shown


def _next_step(row):
    return "answer" if row.identity_check else "identity"


def hurdle(row, act):
    """Why an act cannot be done now, or nothing."""
    if not row.is_open and not act.closed_too:
        return _("%(request)s is closed.") % {"request": row.reference}
    if act.after_check and not row.identity_check:
        return _("Check first who is asking.")
    return ""


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.handle_privacyrequest", raise_exception=True)
def request_act(request, reference, act):
    row, chosen = visible_request(request, reference), ACTS.get(act)
    if chosen is None or (chosen.kinds and row.kind not in chosen.kinds):
        raise Http404

    def service(cleaned):
        return chosen.service(actor=request.user, request_id=row.pk, at=timezone.now(), **cleaned)

    return ask(
        request,
        chosen.form(request.POST or None) if request.method == "GET" else chosen.form(request.POST),
        title=chosen.label,
        crumbs=crumbs_of(row),
        service=service,
        then=request_url(row),
        draft=f"request-{act}",
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.add_privacyrequest", raise_exception=True)
def request_create(request, reference):
    customer = visible_customer(request, reference, "request")

    def service(cleaned):
        return services.receive_request(actor=request.user, customer_id=customer.pk, at=timezone.now(), **cleaned)

    title = _("Record a request of %(name)s") % {"name": Masked(request.user).name(customer)}
    return ask(
        request,
        shapes.RequestForm(request.POST or None, initial={"received_on": timezone.localdate()}),
        title=title,
        crumbs=[(_("Customers"), reverse("customers:customer_list")), (customer.reference, customer_url(customer))],
        service=service,
        then=customer_url(customer, "privacy/"),
        verb=_("Record request"),
    )
