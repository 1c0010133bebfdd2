"""What is done with a complaint: each act with its button, its form and its service."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from customers.services.reading import open_customer
from customers.views.asking import ask
from pages.actions import Action
from service.complaint_columns import complaint_url
from service.forms import complaints as shapes
from service.models import Complaint, ComplaintRedress, ComplaintState, RegulatorReferral
from service.services import complaint_conflicts, complaint_documents, complaint_extensions, complaints, redress
from service.services.complaint_entries import DECIDE, HANDLE
from service.services.referrals import record_referral, reply_to_referral
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting

OPEN, DECIDED = ComplaintState.OPEN, ComplaintState.DECIDED


def _join(*, actor, complaint_id, reference, customer, is_representative, at):
    return complaints.join_complaint(
        actor=actor, complaint_id=complaint_id, customer=customer, is_representative=is_representative, at=at
    )


@dataclass(frozen=True)
class Act:
    """One thing that is done with a complaint; `states` are those in which it can be."""

    label: Any
    form: type[forms.Form]
    service: Any
    icon: str
    permission: str = HANDLE
    states: tuple[str, ...] = (OPEN,)


ACTS = {
    "acknowledge": Act(gettext_lazy("Acknowledge"), forms.Form, complaints.acknowledge, "send"),
    "cause": Act(gettext_lazy("Name the cause"), shapes.CauseForm, complaints.set_cause, "search", HANDLE, (OPEN, DECIDED)),
    "decide": Act(gettext_lazy("Decide"), shapes.DecisionForm, complaints.decide_complaint, "scale", DECIDE),
    "redress": Act(gettext_lazy("Grant redress"), shapes.RedressForm, redress.propose_redress, "cash", DECIDE, (OPEN, DECIDED)),
    "ask": Act(gettext_lazy("Ask for a document"), shapes.DocumentForm, complaint_documents.ask_for_document, "file-text"),
    "came": Act(gettext_lazy("Document came"), shapes.DocumentCameForm, complaint_documents.take_document, "file-check"),
    "complex": Act(gettext_lazy("Find it complex"), shapes.ToldForm, complaints.find_complex, "calendar-due", DECIDE),
    "extend": Act(gettext_lazy("Ask for an extension"), shapes.ToldForm, complaint_extensions.ask_for_extension, "calendar-due", DECIDE),
    "handler": Act(gettext_lazy("Hand over"), shapes.HandlerForm, complaint_conflicts.hand_over, "user-check"),
    "subject": Act(gettext_lazy("Name whom it is about"), shapes.SubjectForm, complaint_conflicts.name_subject, "user"),
    "join": Act(gettext_lazy("Add a complainant"), shapes.PartyForm, _join, "users"),
    "refer": Act(gettext_lazy("Record an authority's letter"), shapes.ReferralForm, record_referral, "building", HANDLE, (OPEN, DECIDED)),
    "withdraw": Act(gettext_lazy("Withdrawn by the complainant"), shapes.ReasonForm, complaints.withdraw_complaint, "arrow-back-up"),
    "review": Act(gettext_lazy("Review asked for"), shapes.ReviewForm, complaints.ask_for_review, "refresh", HANDLE, (DECIDED,)),
}  # fmt: skip


# One step leads to the next; afterwards there is little left to do.
STEPS = ("acknowledge", "cause", "decide")
AFTERWARDS = {DECIDED: ("review", "redress", "refer"), ComplaintState.WITHDRAWN: ("redress", "refer")}


def actions_of(user, row):
    """What is done with a complaint: what comes next and what is wanted often as buttons, the rest in the menu. What is
    not possible now stays, greyed, with why; a review stands where one can be."""
    next_one = _next(row)
    at = STEPS.index(next_one)
    often = [*STEPS[at : at + 2], "redress", "ask"][:3] if row.is_open else list(AFTERWARDS[row.state])
    rest = [name for name in ACTS if name not in often and (name != "review" or row.state == DECIDED)]
    return [_action(user, row, name, name == next_one and row.is_open, name in rest) for name in [*often, *rest]]


def _action(user, row, name, primary, more):
    act = Action(ACTS[name].label, complaint_url(row, f"{name}/"), ACTS[name].icon, primary=primary, more=more)
    return act.unless(_hurdle(user, row, name))


def _next(row):
    if row.acknowledged_at is None:
        return "acknowledge"
    return "decide" if row.cause else "cause"


def _hurdle(user, row, name):
    act = ACTS[name]
    if row.state not in act.states:
        return _("%(complaint)s is closed.") % {"complaint": row.ticket.reference}
    if not user.has_perm(act.permission):
        return _("The lead of customer service or compliance does this.")
    if name == "acknowledge" and row.acknowledged_at:
        return _("It was acknowledged before.")
    if name == "decide" and not (row.cause and row.step_id):
        return _("Name the cause first.")
    return ""


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(HANDLE, raise_exception=True)
def complaint_act(request, reference, act):
    chosen = ACTS.get(act)
    seen = Complaint.objects.visible_to(request.user).for_list()
    row = get_object_or_404(seen, ticket__reference=reference.upper())
    if chosen is None or not request.user.has_perm(chosen.permission):
        raise Http404
    if row.ticket.customer:
        open_customer(row.ticket.customer, "complaint", row.pk)
    form = _form(request, act, chosen, row)

    def service(cleaned):
        if act == "join":
            cleaned = {**cleaned, "customer": form.found}
        done = chosen.service(actor=request.user, complaint_id=row.pk, at=timezone.now(), **cleaned)
        request_made = done[1] if isinstance(done, tuple) else done
        if isinstance(request_made, ChangeRequest):
            say_waiting(request, request_made)
        return done

    return ask(
        request,
        form,
        title=chosen.label,
        crumbs=[(_("Complaints"), reverse("service:complaint_list")), (row.ticket.reference, complaint_url(row))],
        service=service,
        then=complaint_url(row),
        draft=f"complaint-{act}",
    )


def _form(request, act, chosen, row):
    more = {"complaint": row} if act in ("cause", "redress") else {"user": request.user} if act == "join" else {}
    if act == "cause":
        more["initial"] = {"cause": row.cause, "step": row.step_id, "version": row.version_id}
    if act == "redress" and row.ticket.product:
        more["initial"] = {"currency": row.ticket.product.currency}
    return chosen.form(request.POST, **more) if request.method == "POST" else chosen.form(**more)


def redress_acts(user, one):
    if not user.has_perm(DECIDE):
        return []
    names = {"proposed": ["refuse"], "granted": ["pay"]}.get(one.state, [])
    return [(REDRESS_ACTS[name][0], reverse("service:redress_act", args=[one.pk, name])) for name in names]


REDRESS_ACTS = {
    "pay": (gettext_lazy("Record payment"), shapes.PaidForm, redress.pay_redress),
    "refuse": (gettext_lazy("Refuse"), shapes.ReasonForm, redress.refuse_redress),
}


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(DECIDE, raise_exception=True)
def redress_act(request, pk, act):
    seen = ComplaintRedress.objects.filter(complaint__in=Complaint.objects.visible_to(request.user))
    one = get_object_or_404(seen.select_related("complaint__ticket", "customer"), pk=pk)
    if act not in REDRESS_ACTS:
        raise Http404
    open_customer(one.customer, "redress", one.pk)
    label, form, service = REDRESS_ACTS[act]
    return ask(
        request,
        form(request.POST) if request.method == "POST" else form(),
        title=label,
        crumbs=[(_("Complaints"), reverse("service:complaint_list")), (one.complaint.ticket.reference, complaint_url(one.complaint))],
        service=lambda cleaned: service(actor=request.user, redress_id=one.pk, at=timezone.now(), **cleaned),
        then=complaint_url(one.complaint),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(DECIDE, raise_exception=True)
def referral_reply(request, pk):
    seen = RegulatorReferral.objects.filter(complaint__in=Complaint.objects.visible_to(request.user))
    one = get_object_or_404(seen.select_related("complaint__ticket__customer"), pk=pk)
    if one.complaint.ticket.customer:
        open_customer(one.complaint.ticket.customer, "complaint", one.complaint_id)
    form = shapes.ReferralReplyForm
    return ask(
        request,
        form(request.POST, request.FILES) if request.method == "POST" else form(),
        title=_("Reply to %(number)s") % {"number": one.number},
        crumbs=[(_("Complaints"), reverse("service:complaint_list")), (one.complaint.ticket.reference, complaint_url(one.complaint))],
        service=lambda cleaned: reply_to_referral(
            actor=request.user, referral_id=one.pk, at=timezone.now(), **cleaned
        ),
        then=complaint_url(one.complaint),
        verb=_("Record reply"),
    )  # fmt: skip
