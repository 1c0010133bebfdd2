from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment.filters.panels import PanelFilter
from assessment.forms.panels import CancelForm, FinishForm, LeaveForm, PanelForm, RoundForm, SeatForm
from assessment.models import Panel, PanelSeat, PanelState, Vote
from assessment.panel_columns import panel_columns, panel_pill, verdict_pill
from assessment.panel_results import convergence_of, items_with_results, may_see_names, own_seat
from assessment.services.panels import begin_panel, cancel_panel, finish_panel, hurdle_to_facilitating, panel_url
from assessment.services.rounds import close_round, open_round, why_of
from assessment.services.seats import leave_panel, seat_expert
from assessment.services.votes import asked_to_dissent
from pages.lists import ListPage, render_list
from risk.services.register import matrix_in_force
from risk.views.acts import act, ask


@require_safe
@login_required
@permission_required("assessment.view_panel", raise_exception=True)
def panel_list(request):
    seen = Panel.objects.visible_to(request.user).for_list().mine_first(request.user)
    listing = ListPage(
        request,
        filterset=PanelFilter(request.GET, queryset=seen, request=request),
        columns=panel_columns(),
        order=["waits", "-begun_at", "-id"],
        row_url=lambda panel: f"/assessment/panels/{panel.reference}/",
        all_label=_("All panels"),
        label=_("Panels"),
        empty=_("No panel that you see. Experts see those on which they sit."),
    )
    url = reverse("assessment:panel_create")
    actions = [act(request.user, "assessment.add_panel", _("Begin a panel"), url, "plus", primary=True)]
    return render_list(request, "assessment/panel_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.add_panel", raise_exception=True)
def panel_create(request):
    initial = {"risks": request.GET.getlist("risk")[:20]} if "risk" in request.GET else {}
    form = PanelForm(request.POST or None, user=request.user, initial=initial)
    back = reverse("assessment:panel_list")
    return ask(
        request,
        form,
        context={"crumbs": [(_("Panels"), back), (_("Begin a panel"), "")]},
        verb=_("Begin a panel"),
        then=back,
        service=lambda: begin_panel(actor=request.user, at=timezone.now(), **form.as_panel()),
        leads=panel_url,
    )


@require_safe
@login_required
@permission_required("assessment.view_panel", raise_exception=True)
def panel_detail(request, reference):
    """Who sits, who has voted in the open round, what each closed round means, and what follows now."""
    panel = visible_panel(request, reference)
    rounds = list(panel.rounds.prefetch_related("absent__expert"))
    for one in rounds:
        one.panel = panel
    last = rounds[-1] if rounds else None
    seat = own_seat(panel, request.user)
    context = {
        "panel": panel,
        "crumbs": crumbs_of(panel),
        "actions": _actions(request.user, panel, last, seat),
        "state": panel_pill(panel),
        "items": panel.items.select_related("risk"),
        "seats": _seats(panel, last),
        "rounds": [(one, verdict_pill(one), why_of(one)) for one in rounds],
        "last": last,
        "newer": _newer_matrix(panel),
        "dissent": _dissent_notice(panel, last, seat),
        "runs": not hurdle_to_facilitating(request.user, panel) and panel.is_open,
    }
    return render(request, "assessment/panel_detail.html", context)


def _seats(panel, last):
    """Every seat, with whether its expert has voted in the open round: that much everybody on the panel may know."""
    voted = set()
    if last and last.is_open:
        voted = set(Vote.objects.filter(round=last).values_list("seat", flat=True))
    return [(seat, seat.pk in voted) for seat in panel.seats.select_related("expert")]


def _newer_matrix(panel):
    """The matrix in force where it is not the panel's own."""
    now = matrix_in_force(timezone.localdate())
    return now if now.pk != panel.matrix_id and panel.state != PanelState.CANCELLED else None


def _dissent_notice(panel, last, seat):
    """How many items the reader ended apart on and has written nothing about; asked only while it can be written."""
    if not (seat and last and last.ends_panel and panel.state == PanelState.RUNNING):
        return 0
    written = set(seat.dissents.values_list("item", flat=True))
    return len(asked_to_dissent(panel, seat) - written)


def _actions(user, panel, last, seat):
    to = lambda name: reverse(f"assessment:panel_{name}", args=[panel.reference])  # noqa: E731
    is_open = bool(last and last.is_open)
    ended = "" if panel.is_open else _("This panel has ended.")
    runs = ended or hurdle_to_facilitating(user, panel)
    between = _("A round is open: close it first.") if is_open else ""
    opens = between or (_("The last round has ended the panel.") if last and last.ends_panel else "")
    actions = []
    if seat and not seat.left_at:
        actions += _own_actions(user, to, last, seat, ended)
    actions += [
        act(user, "assessment.view_panel", _("Results"), to("results"), "chart-bar",
            hurdle="" if any_closed(panel) else _("No round is closed yet.")),
        act(user, "assessment.change_panel", _("Seat an expert"), to("seat"), "user", hurdle=runs or between),
        act(user, "assessment.change_panel", _("Open a round"), to("open"), "player-play", hurdle=runs or opens),
        act(user, "assessment.change_panel", _("Close the round"), to("close"), "check", post=True,
            hurdle=runs or ("" if is_open else _("No round is open."))),
        act(user, "assessment.change_panel", _("Finish"), to("finish"), "flag", hurdle=runs or between),
        act(user, "assessment.change_panel", _("Cancel panel"), to("cancel"), "archive", hurdle=runs),
    ]  # fmt: skip
    return actions


def _own_actions(user, to, last, seat, ended):
    is_open = bool(last and last.is_open)
    voted = is_open and seat.votes.filter(round=last).exists()
    hurdle = ended or (_("You have voted in this round.") if voted else "" if is_open else _("No round is open."))
    dissents = "" if last and last.ends_panel else _("A dissent is written after the last round.")
    return [
        act(user, "assessment.vote_on_panel", _("Vote"), to("vote"), "checks", hurdle=hurdle, primary=True),
        act(user, "assessment.vote_on_panel", _("Dissent"), to("dissent"), "message", hurdle=ended or dissents),
    ]


def any_closed(panel):
    return panel.rounds.filter(closed_at__isnull=False).exists()


@require_safe
@login_required
@permission_required("assessment.view_panel", raise_exception=True)
def panel_results(request, reference):
    """Distributions of closed rounds without names, medians and spreads, and dissents as their authors agreed."""
    panel = visible_panel(request, reference)
    rounds = list(panel.rounds.all())
    for one in rounds:
        one.panel = panel
    context = {
        "panel": panel,
        "crumbs": [*crumbs_of(panel)[:1], (panel.reference, panel_url(panel)), (_("Results"), "")],
        "state": panel_pill(panel),
        "items": items_with_results(panel, request.user, rounds),
        "rounds": [(one, verdict_pill(one), why_of(one)) for one in rounds if one.closed_at],
        "charts": convergence_of(panel, rounds),
        "newer": _newer_matrix(panel),
        "names": may_see_names(request.user, panel),
    }
    return render(request, "assessment/panel_results.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.change_panel", raise_exception=True)
def panel_seat(request, reference):
    panel = visible_panel(request, reference)
    form = SeatForm(request.POST or None, panel=panel)
    return _ask(request, panel, form, _("Seat an expert"), seat_expert)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.vote_on_panel", raise_exception=True)
def seat_leave(request, reference, pk):
    """Leave a panel oneself, or say that an expert has left, where one runs it."""
    panel = visible_panel(request, reference)
    seat = get_object_or_404(PanelSeat.objects.select_related("expert"), panel=panel, pk=pk)
    if seat.expert_id != request.user.pk and not request.user.has_perm("assessment.change_panel"):
        return redirect(panel_url(panel))

    def leave(*, actor, panel_id, at, reason):
        return leave_panel(actor=actor, seat_id=seat.pk, reason=reason, at=at)

    verb = _("%(person)s leaves") % {"person": seat.expert}
    return _ask(request, panel, LeaveForm(request.POST or None), verb, leave)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.change_panel", raise_exception=True)
def panel_open(request, reference):
    panel = visible_panel(request, reference)
    return _ask(request, panel, RoundForm(request.POST or None), _("Open a round"), open_round)


@require_POST
@login_required
@permission_required("assessment.change_panel", raise_exception=True)
def panel_close(request, reference):
    panel = visible_panel(request, reference)
    try:
        closed = close_round(actor=request.user, panel_id=panel.pk, at=timezone.now())
        messages.success(request, why_of(closed))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(panel_url(panel))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.change_panel", raise_exception=True)
def panel_finish(request, reference):
    panel = visible_panel(request, reference)
    return _ask(request, panel, FinishForm(request.POST or None), _("Finish"), finish_panel)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.change_panel", raise_exception=True)
def panel_cancel(request, reference):
    panel = visible_panel(request, reference)
    return _ask(request, panel, CancelForm(request.POST or None), _("Cancel panel"), cancel_panel, tone="red")


def _ask(request, panel, form, verb, service, tone=""):
    url = panel_url(panel)
    return ask(
        request,
        form,
        context={"crumbs": [*crumbs_of(panel)[:1], (panel.reference, url), (verb, "")], "about": panel.title},
        verb=verb,
        then=url,
        tone=tone,
        service=lambda: service(actor=request.user, panel_id=panel.pk, at=timezone.now(), **form.cleaned_data),
    )


def visible_panel(request, reference):
    """The panel, or 404 for one that is not there or not for the reader: the two look the same."""
    seen = Panel.objects.visible_to(request.user).select_related("facilitator", "matrix")
    return get_object_or_404(seen, reference=reference.upper())


def crumbs_of(panel):
    return [(_("Panels"), reverse("assessment:panel_list")), (panel.reference, "")]
