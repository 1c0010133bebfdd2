from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pages.lists import ListPage, render_list
from risk.filters.proposals import ProposalFilter
from risk.forms.proposals import AcceptForm, JoinForm, OwnProposalForm, ProposalForm
from risk.forms.shared import ReasonForm
from risk.models import ProposalSource, Risk, RiskProposal
from risk.proposal_columns import proposal_columns, proposal_pill
from risk.services.proposals import (
    accept_proposal,
    dismiss_proposal,
    join_proposal,
    proposal_url,
    propose_risk,
    risks_like,
)
from risk.views.acts import act, ask
from risk.views.frame import risk_url


@require_safe
@login_required
@permission_required("risk.view_riskproposal", raise_exception=True)
def proposal_list(request):
    """What waits, the oldest first, unless the address asks for other states."""
    seen = RiskProposal.objects.visible_to(request.user).for_list()
    asked = any(request.GET.getlist("state"))
    listing = ListPage(
        request,
        filterset=ProposalFilter(request.GET, queryset=seen if asked else seen.waiting(), request=request),
        columns=proposal_columns(),
        order=["-proposed_at", "-id"] if asked else ["proposed_at", "id"],
        row_url=lambda proposal: f"/risk/inbox/{proposal.reference}/",
        all_label=_("Waiting"),
        label=_("Proposals"),
        empty=_("No proposal waits."),
    )
    url = reverse("risk:proposal_create")
    actions = [act(request.user, "risk.add_riskproposal", _("Propose a risk"), url, "plus", primary=True)]
    return render_list(request, "risk/proposal_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.add_riskproposal", raise_exception=True)
def proposal_create(request):
    """Anybody of the house reports a risk that they see."""
    form = OwnProposalForm(request.POST or None, user=request.user)
    back = reverse("risk:proposal_list")
    return _propose(
        request,
        form,
        source=ProposalSource.PERSON,
        source_key=lambda: f"person:{request.user.pk}:{form.cleaned_data['key']}",
        then=back,
        context={"crumbs": [(_("Inbox"), back), (_("Propose a risk"), "")]},
    )


def proposing(request, *, source, source_key, url, initial, line_id=None, source_title="", then, crumbs=()):
    """Show and take the form "Propose a risk" for something that another view shows, which checks that the reader sees it.

    `initial` fills the form, `line_id` is the line of the thing, `then` where Cancel leads. Where that thing was proposed
    before, that proposal is shown instead. Raises PermissionDenied for whoever proposes no risks.
    """
    if not request.user.has_perm("risk.add_riskproposal"):
        raise PermissionDenied
    if standing := RiskProposal.objects.filter(source_key=source_key).first():
        return _lead_to(request, standing, then)
    form = ProposalForm(request.POST or None, user=request.user, initial={"line": line_id, **initial})
    context = {"crumbs": [*crumbs, (_("Propose a risk"), "")] if crumbs else [], "about": source_title}
    return _propose(
        request,
        form,
        source=source,
        source_key=lambda: source_key,
        url=url,
        source_title=source_title,
        then=then,
        context=context,
    )


def propose_act(user, url):
    """The button of something that `proposing` may be asked for at `url`."""
    return act(user, "risk.add_riskproposal", _("Propose a risk"), url, "shield-exclamation")


def _propose(request, form, *, source_key, then, context, **of_source):
    return ask(
        request,
        form,
        context=context,
        verb=_("Propose a risk"),
        then=then,
        service=lambda: propose_risk(
            actor=request.user, source_key=source_key(), at=timezone.now(), **of_source, **form.as_proposal()
        ),
        leads=proposal_url,
    )


def _lead_to(request, proposal, then):
    """To a proposal that stands; whoever does not see it hears of it, and goes on."""
    if RiskProposal.objects.visible_to(request.user).filter(pk=proposal.pk).exists():
        return redirect(proposal_url(proposal))
    messages.info(request, _("This was proposed already, as %(proposal)s.") % {"proposal": proposal.reference})
    return redirect(then)


@require_safe
@login_required
@permission_required("risk.view_riskproposal", raise_exception=True)
def proposal_detail(request, reference):
    proposal = _proposal(request, reference)
    decides = proposal.is_waiting and request.user.has_perm("risk.decide_riskproposal")
    context = {
        "proposal": proposal,
        "state": proposal_pill(proposal),
        "crumbs": [(_("Inbox"), reverse("risk:proposal_list")), (proposal.reference, "")],
        "actions": _actions(request.user, proposal),
        "decides": decides,
        "alike": risks_like(request.user, proposal.title) if decides else [],
        "risk": proposal.risk if proposal.risk and _sees(request.user, proposal.risk) else None,
    }
    return render(request, "risk/proposal_detail.html", context)


def _sees(user, risk):
    return Risk.objects.visible_to(user).filter(pk=risk.pk).exists()


def _actions(user, proposal):
    to = lambda name: reverse(f"risk:proposal_{name}", args=[proposal.reference])  # noqa: E731
    decided = "" if proposal.is_waiting else _("It is decided: a decision is never changed.")
    decide = "risk.decide_riskproposal"
    return [
        act(user, decide, _("Accept"), to("accept"), "check", hurdle=decided, primary=True),
        act(user, decide, _("Join to a risk"), to("join"), "link", hurdle=decided),
        act(user, decide, _("Dismiss"), to("dismiss"), "x", hurdle=decided),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.decide_riskproposal", raise_exception=True)
def proposal_accept(request, reference):
    proposal = _proposal(request, reference)
    form = AcceptForm(request.POST or None, user=request.user, proposal=proposal)
    accept = lambda: accept_proposal(  # noqa: E731
        actor=request.user, proposal_id=proposal.pk, at=timezone.now(), **form.as_changes()
    )
    return _decide(request, proposal, form, _("Accept"), accept, leads=risk_url)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.decide_riskproposal", raise_exception=True)
def proposal_join(request, reference):
    proposal = _proposal(request, reference)
    chosen = Risk.objects.visible_to(request.user).filter(reference=request.GET.get("risk", "")).first()
    form = JoinForm(request.POST or None, user=request.user, initial={"risk": chosen})
    return _decide(request, proposal, form, _("Join to a risk"), _with(request, proposal, form, join_proposal))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.decide_riskproposal", raise_exception=True)
def proposal_dismiss(request, reference):
    proposal = _proposal(request, reference)
    form = ReasonForm(request.POST or None, label=_("Why is it dismissed?"))
    return _decide(request, proposal, form, _("Dismiss"), _with(request, proposal, form, dismiss_proposal))


def _with(request, proposal, form, service):
    return lambda: service(actor=request.user, proposal_id=proposal.pk, at=timezone.now(), **form.cleaned_data)


def _decide(request, proposal, form, verb, service, leads=None):
    url = proposal_url(proposal)
    crumbs = [(_("Inbox"), reverse("risk:proposal_list")), (proposal.reference, url), (verb, "")]
    context = {"crumbs": crumbs, "about": proposal.title}
    return ask(request, form, context=context, verb=verb, then=url, service=service, leads=leads)


def _proposal(request, reference):
    seen = RiskProposal.objects.visible_to(request.user).for_list()
    return get_object_or_404(seen, reference=reference.upper())
