from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.masking import Masked
from customers.services.reading import open_customer
from customers.views.asking import ask
from customers.views.frame import customer_url, frame, visible_customer
from pages.actions import Action
from pages.formats import day, money
from pages.lists import Column, ListPage, render_list
from pages.templatetags.pages import moment, pill_html
from service.complaint_columns import complaint_columns, complaint_url, due_chips, of_customer_url, state_pill
from service.filters.complaints import ComplaintFilter
from service.forms.complaints import ComplaintForm, TicketComplaintForm
from service.models import Complaint, RegulatorReferral, Ticket
from service.registries import complaint_actions_of
from service.services.complaint_documents import documents_of
from service.services.complaints import open_complaint, receive_complaint, review_until
from service.views.complaint_acts import actions_of, redress_acts
from staff.exports import start_export
from staff.models import ChangeRequest
from staff.rate_limits import limited
from staff.reauth import recently_authenticated

SHOWN = 100
ICONS = {
    "received": "inbox", "acknowledged": "send", "reassigned": "user-check", "complex": "calendar-due",
    "extended": "calendar-due", "asked": "file-text", "came": "file-text", "joined": "users", "cause": "search",
    "redress": "cash", "referred": "building", "replied": "send", "decided": "scale", "withdrawn": "arrow-back-up",
    "review": "refresh",
}  # fmt: skip


@require_safe
@login_required
@permission_required("service.view_complaint", raise_exception=True)
def complaint_list(request):
    """Complaints, the next statutory day first."""
    user, seen = request.user, Complaint.objects.visible_to(request.user).for_list()
    # Closed ones are shown to whoever asks for them; an authority's letter brings one back by its deadline.
    if "state" not in request.GET and not request.GET.get("q"):
        seen = seen.open() | seen.filter(due_on__isnull=False)
    listing = ListPage(
        request,
        filterset=ComplaintFilter(request.GET, queryset=seen, request=request),
        columns=complaint_columns(user, timezone.localdate()),
        order=["due_on", "id"],
        row_url=complaint_url,
        label=_("Complaints"),
        export_url=reverse("service:complaint_export") if user.has_perm("service.export_complaint") else "",
        empty=_("No complaint is open. One is recorded on a customer's page or made of a ticket."),
    )
    return render_list(request, "service/complaint_list.html", listing)


@require_POST
@login_required
@permission_required("service.export_complaint", raise_exception=True)
@limited("export")
@recently_authenticated
def complaint_export(request):
    """Ask for the complaints that match the list's filters as a file; it waits in the jobs."""
    asked = {"query": request.POST.get("query", ""), "format": request.POST.get("format", "csv")}
    try:
        job = start_export(
            actor=request.user, kind="service.complaints", title=_("Complaints"), parameters=asked, at=timezone.now()
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("service:complaint_list")
    return redirect("staff:job_detail", job.pk)


def visible_complaint(request, reference):
    """Return a complaint that this person may see; it tells of its customer, so seeing it is a read of them."""
    found = Complaint.objects.visible_to(request.user).for_list().select_related("decided_by", "recorded_by", "reply")
    row = get_object_or_404(found, ticket__reference=reference.upper())
    if row.ticket.customer:
        open_customer(row.ticket.customer, "complaint", row.pk)
    return row


def crumbs_of(row=None):
    home = [(_("Complaints"), reverse("service:complaint_list"))]
    return [*home, (row.ticket.reference, complaint_url(row))] if row else home


@require_safe
@login_required
@permission_required("service.view_complaint", raise_exception=True)
def complaint_detail(request, reference):
    """Everything of one complaint: its clocks, documents, redress, authorities, cause and life."""
    row, user = visible_complaint(request, reference), request.user
    masked, customer = Masked(user), row.ticket.customer
    subject = masked.note(customer, row.ticket.subject) if customer else row.ticket.subject
    return render(
        request,
        "service/complaint_detail.html",
        {
            "row": row,
            "title": f"{row.ticket.reference} · {subject}",
            "state": state_pill(row),
            "deadline": due_chips(timezone.localdate())(row.jurisdiction, row.due_on) if row.due_on else "",
            "name": masked.name(customer) if customer else "",
            "customer_url": customer_url(customer, "") if customer else "",
            "crumbs": [*crumbs_of(), (row.ticket.reference, "")],
            "actions": [*actions_of(user, row), *complaint_actions_of(user, row)],
            "facts": _facts(row),
            "clocks": row.clocks.select_related("rule", "referral"),
            "clock_columns": clock_columns(row),
            "documents": documents_of(row),
            "redresses": _redresses(user, row, masked),
            "referrals": [_referral(user, one) for one in row.referrals.select_related("replied_by")],
            "parties": [(one, masked.name(one.customer)) for one in row.parties.select_related("customer")],
            "subjects": [one.user for one in row.subjects.select_related("user")],
            "reply": masked.note(customer, row.reply.text) if row.reply and customer else row.reply and row.reply.text,
            "events": _events(row, masked),
            "waiting": _waiting(row),
        },
    )  # fmt: skip


def _waiting(row):
    """What waits for a second person: a longer deadline, a redress above the limit."""
    asked = {"service_complaintclock": row.clocks, "service_complaintredress": row.redresses}
    about = Q()
    for table, rows in asked.items():
        about |= Q(target_table=table, target_pk__in=[str(pk) for pk in rows.values_list("pk", flat=True)])
    return ChangeRequest.objects.open().filter(about)


def _facts(row):
    until = review_until(row)
    return [
        (_("About"), row.get_kind_display()),
        (_("Received on"), day(row.received_on)),
        (_("Jurisdiction"), row.jurisdiction),
        (_("Handler"), row.ticket.assignee),
        (_("Product version"), row.version or row.ticket.product),
        (_("Root cause"), row.get_cause_display() if row.cause else _("not yet")),
        (_("Process step"), row.step),
        (_("Acknowledged"), moment(row.acknowledged_at) if row.acknowledged_at else _("not yet")),
        (_("Decided by"), row.decided_by),
        (_("A review may be asked for until"), day(until) if until else ""),
    ]


def clock_columns(row):
    chip = due_chips(timezone.localdate())
    return (
        Column("step", _("Step"), lambda one: one.get_step_display(), card="wide"),
        Column("due", _("Due"), lambda one: chip(row.jurisdiction, one.due_on, done=not one.is_running)),
        Column(
            "counted",
            _("Span"),
            lambda one: format_html('{}<br><span class="sub">{}</span>', _counted(one), _rule(one)),
            card="wide",
            wrap=True,
        ),
        Column("ended", _("Ended"), lambda one: _ended(one)),
    )


def _counted(one):
    span = _("%(span)s from %(start)s") % {"span": one.rule.span, "start": day(one.started_on)}
    if one.counted_on == one.due_on:
        return span
    return _("%(span)s: %(counted)s is a day off") % {"span": span, "counted": day(one.counted_on)}


def _ended(one):
    if one.is_running:
        return "–"
    if one.is_met is None:
        return _("replaced on %(day)s") % {"day": day(one.ended_on)}
    return pill_html(
        _("in time, %(day)s") % {"day": day(one.ended_on)} if one.is_met else _("late, %(day)s") % {"day": day(one.ended_on)},
        "green" if one.is_met else "red",
    )  # fmt: skip


def _rule(one):
    return f"{one.rule.source} ({_('needs confirmation')})" if one.rule.needs_confirmation else one.rule.source


def _redresses(user, row, masked):
    return [
        {
            "kind": one.get_kind_display(),
            "worth": money(one.amount, one.currency) if one.amount else "–",
            "name": masked.name(one.customer),
            "state": pill_html(one.get_state_display(), {"paid": "green", "proposed": "amber"}.get(one.state, "blue")),
            "due": one.due_on if one.state == "granted" else None,
            "reason": masked.note(one.customer, one.reason),
            "acts": redress_acts(user, one),
        }
        for one in row.redresses.select_related("customer")
    ]


def _referral(user, one):
    may = user.has_perm("service.decide_complaint")
    return {
        "row": one,
        "reply_url": reverse("service:referral_reply", args=[one.pk]) if may and not one.replied_on else "",
        "file_url": reverse("service:referral_file", args=[one.pk]) if one.file else "",
    }


def _events(row, masked):
    customer = row.ticket.customer
    return [
        {
            "at": entry.at,
            "title": entry.get_kind_display(),
            "text": masked.note(customer, entry.text) if customer else entry.text,
            "who": entry.by or _("the system"),
            "icon": ICONS[entry.kind],
        }
        for entry in row.entries.select_related("by")[:SHOWN]
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.add_complaint", raise_exception=True)
def complaint_create(request, reference):
    """Record a complaint of a customer."""
    customer = visible_customer(request, reference, "complaint" if request.method == "GET" else "")
    made = []

    def service(cleaned):
        made.append(open_complaint(actor=request.user, customer=customer, at=timezone.now(), **cleaned))

    title = _("Complaint of %(name)s") % {"name": Masked(request.user).name(customer)}
    answer = ask(
        request,
        ComplaintForm(request.POST or None),
        title=title,
        crumbs=[(_("Customers"), reverse("customers:customer_list")), (customer.reference, customer_url(customer))],
        service=service,
        then=of_customer_url(customer),
        verb=_("Record complaint"),
        draft="complaint",
    )
    return redirect(complaint_url(made[0])) if made else answer


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.add_complaint", raise_exception=True)
def ticket_complain(request, reference):
    """Make a complaint of a ticket."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user), reference=reference.upper())
    if ticket.customer:
        open_customer(ticket.customer, "complaint", ticket.pk)

    def service(cleaned):
        return receive_complaint(actor=request.user, ticket_id=ticket.pk, at=timezone.now(), **cleaned)

    form = TicketComplaintForm(request.POST or None, initial={"received_on": timezone.localdate(ticket.opened_at)})
    title = _("%(ticket)s is a complaint") % {"ticket": ticket.reference}
    then = f"/service/complaints/{ticket.reference}/"
    return ask(
        request, form, title=title, crumbs=crumbs_of(), service=service, then=then, verb=_("Make it a complaint")
    )


@require_safe
@login_required
@permission_required("service.view_complaint", raise_exception=True)
def customer_complaints(request, reference):
    """The complaints that a customer brought, alone or with others, and what they themselves got."""
    customer, user = visible_customer(request, reference, "complaints"), request.user
    rows = Complaint.objects.visible_to(user).of(customer).for_list().order_by("-received_on", "-id")[:SHOWN]
    may = user.has_perm("service.add_complaint")
    return render(
        request,
        "service/customer_complaints.html",
        {
            **frame(request, customer, "complaints"),
            "columns": complaint_columns(user, timezone.localdate()),
            "rows": rows,
            "row_url": _opens,
            "redresses": customer.redresses.filter(complaint__in=Complaint.objects.visible_to(user)).select_related(
                "complaint__ticket"
            ),
            "acts": [
                Action(_("New complaint"), of_customer_url(customer, "new/"), "plus", primary=True).unless(
                    None if may else _("Customer service records complaints.")
                )
            ],
        },
    )


def _opens(row):
    return complaint_url(row)


_opens.do_not_call_in_templates = True


@require_safe
@login_required
@permission_required("service.view_complaint", raise_exception=True)
def referral_file(request, pk):
    """The file that an authority was sent, as it was sent."""
    seen = RegulatorReferral.objects.filter(complaint__in=Complaint.objects.visible_to(request.user))
    referral = get_object_or_404(seen.exclude(file="").select_related("complaint__ticket__customer"), pk=pk)
    if referral.complaint.ticket.customer:
        open_customer(referral.complaint.ticket.customer, "complaint", referral.complaint_id)
    return FileResponse(referral.file.open(), as_attachment=True, filename=referral.file_name or "reply")
