from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identification.forms.bow_ties import PART_FORMS, BarrierForm, DrawForm, EventForm
from identification.models import BowTie, Scenario
from identification.scenario_columns import barrier_label, barrier_pill, guard_pill
from identification.services.bow_ties import (
    PARTS,
    change_bow_tie,
    draw_bow_tie,
    remove_barrier,
    remove_part,
    write_barrier,
    write_part,
)
from risk.models import Control, Risk
from risk.response_columns import EFFECT_TONES
from risk.views.acts import act, ask
from risk.views.frame import risk_url


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.add_bowtie", raise_exception=True)
def bow_tie_create(request):
    """Begin a bow-tie; the address may name its risk and its scenario."""
    risk = Risk.objects.visible_to(request.user).filter(reference=request.GET.get("risk", "").upper()).first()
    seen = Scenario.objects.visible_to(request.user)
    scenario = seen.filter(reference=request.GET.get("scenario", "").upper()).first()
    initial = {"risk": risk, "scenario": scenario}
    form = DrawForm(request.POST or None, user=request.user, initial=initial)
    back = reverse("identification:scenario_list")
    return ask(
        request,
        form,
        context={"crumbs": [(_("Scenarios"), back), (_("Draw a bow-tie"), "")]},
        verb=_("Draw a bow-tie"),
        then=back,
        service=lambda: draw_bow_tie(actor=request.user, at=timezone.now(), **form.cleaned_data),
        leads=bow_tie_url,
    )


@require_safe
@login_required
@permission_required("identification.view_bowtie", raise_exception=True)
def bow_tie_detail(request, pk):
    """The picture, and the same as tables in which it is changed."""
    bow_tie = get_object_or_404(BowTie.objects.visible_to(request.user).with_paths(), pk=pk)
    seen = set(
        Control.objects.visible_to(request.user).filter(barriers__in=bow_tie.barriers).values_list("pk", flat=True)
    )
    threats = [_way("threat", way, way.cause, seen) for way in bow_tie.threats.all()]
    results = [_way("consequence", way, way.consequence, seen) for way in bow_tie.results.all()]
    context = {
        "bow_tie": bow_tie,
        "crumbs": _crumbs(bow_tie),
        "actions": _actions(request.user, bow_tie),
        "threats": threats,
        "results": results,
        "ways": [*threats, *results],
        "unguarded": sum(not one["barriers"] for one in threats),
        "changes": request.user.has_perm("identification.change_bowtie"),
    }
    return render(request, "identification/bow_tie_detail.html", context)


def _way(part, way, kind, seen):
    """A cause or a consequence, how it is guarded, and its barriers; a control that the reader does not see has no name."""
    barriers = list(way.barriers.all())
    return {
        "part": part,
        "way": way,
        "kind": kind,
        "guard": guard_pill(barriers),
        "barriers": [
            {
                "barrier": barrier,
                "label": barrier_label(barrier, seen),
                "works": barrier_pill(barrier),
                "tone": EFFECT_TONES.get(barrier.conclusion, "neutral"),
                "url": reverse("risk:control_detail", args=[barrier.control.code])
                if barrier.control_id in seen
                else "",
            }
            for barrier in barriers
        ],
    }


def _crumbs(bow_tie, *more):
    crumbs = [(_("Register"), reverse("risk:risk_list")), (bow_tie.risk.reference, risk_url(bow_tie.risk))]
    return [*crumbs, (_("Bow-tie"), bow_tie_url(bow_tie) if more else ""), *more]


def _actions(user, bow_tie):
    to = lambda name, *more: reverse(f"identification:{name}", args=[bow_tie.pk, *more])  # noqa: E731
    change = "identification.change_bowtie"
    return [
        act(user, change, _("Add a cause"), to("part_add", "threat"), "plus", primary=True),
        act(user, change, _("Add a consequence"), to("part_add", "consequence"), "plus"),
        act(user, change, _("Name the event"), to("bow_tie_edit"), "edit"),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_bowtie", raise_exception=True)
def bow_tie_edit(request, pk):
    bow_tie = _bow_tie(request, pk)
    form = EventForm(request.POST or None, instance=bow_tie)
    return _act(
        request,
        bow_tie,
        form,
        _("Name the event"),
        lambda: change_bow_tie(**_by(request, bow_tie), **form.cleaned_data),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_bowtie", raise_exception=True)
def part_add(request, pk, part):
    bow_tie = _bow_tie(request, pk)
    form = _part_form(part)(request.POST or None)
    verb = _("Add a cause") if part == "threat" else _("Add a consequence")
    return _act(request, bow_tie, form, verb, lambda: write_part(**_by(request, bow_tie), part=part, **form.as_part()))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_bowtie", raise_exception=True)
def part_edit(request, pk, part, way):
    bow_tie, standing = _standing(request, pk, part, way)
    form = _part_form(part)(request.POST or None, instance=standing)
    verb = _("Change the cause") if part == "threat" else _("Change the consequence")

    def change():
        return write_part(**_by(request, bow_tie), part=part, part_id=standing.pk, **form.as_part())

    return _act(request, bow_tie, form, verb, change)


@require_POST
@login_required
@permission_required("identification.change_bowtie", raise_exception=True)
def part_remove(request, pk, part, way):
    bow_tie, standing = _standing(request, pk, part, way)
    remove_part(**_by(request, bow_tie), part=part, part_id=standing.pk)
    return redirect(bow_tie_url(bow_tie))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_bowtie", raise_exception=True)
def barrier_add(request, pk, part, way):
    bow_tie, standing = _standing(request, pk, part, way)
    initial = {"position": standing.barriers.count() + 1}
    form = BarrierForm(request.POST or None, user=request.user, initial=initial)
    return _barrier(request, bow_tie, part, standing, form, _("Add a barrier"))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_bowtie", raise_exception=True)
def barrier_edit(request, pk, part, way, barrier):
    bow_tie, standing = _standing(request, pk, part, way)
    known = get_object_or_404(standing.barriers, pk=barrier)
    form = BarrierForm(request.POST or None, user=request.user, instance=known)
    return _barrier(request, bow_tie, part, standing, form, _("Change the barrier"), known.pk)


def _barrier(request, bow_tie, part, standing, form, verb, barrier_id=None):
    def write():
        return write_barrier(
            **_by(request, bow_tie), part=part, part_id=standing.pk, barrier_id=barrier_id, **form.cleaned_data
        )

    return _act(request, bow_tie, form, verb, write, about=standing.text)


@require_POST
@login_required
@permission_required("identification.change_bowtie", raise_exception=True)
def barrier_remove(request, pk, part, way, barrier):
    bow_tie, standing = _standing(request, pk, part, way)
    known = get_object_or_404(standing.barriers, pk=barrier)
    remove_barrier(**_by(request, bow_tie), barrier_id=known.pk)
    return redirect(bow_tie_url(bow_tie))


def _by(request, bow_tie):
    return {"actor": request.user, "bow_tie_id": bow_tie.pk}


def _act(request, bow_tie, form, verb, service, about=""):
    context = {"crumbs": _crumbs(bow_tie, (verb, "")), "about": about or bow_tie.event}
    return ask(request, form, context=context, verb=verb, then=bow_tie_url(bow_tie), service=service)


def _part_form(part):
    if part not in PART_FORMS:
        raise Http404
    return PART_FORMS[part]


def _standing(request, pk, part, way):
    """A bow-tie with the cause or consequence of it that the address names."""
    bow_tie = _bow_tie(request, pk)
    if part not in PARTS:
        raise Http404
    return bow_tie, get_object_or_404(PARTS[part][0], bow_tie=bow_tie, pk=way)


def _bow_tie(request, pk):
    return get_object_or_404(BowTie.objects.visible_to(request.user).for_list(), pk=pk)


def bow_tie_url(bow_tie):
    return reverse("identification:bow_tie_detail", args=[bow_tie.pk])
