from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pages.columns import opens
from pages.lists import ListPage, render_list
from risk.control_measures import CONTROL_MEASURES
from risk.filters.response import ControlFilter
from risk.forms.response import BeginTestForm, ControlForm, FinishTestForm
from risk.models import AutomatedRun, Control, ControlTest
from risk.response_columns import control_columns, effectiveness_pill, run_columns, run_pill
from risk.services.controls import begin_test, change_control, finish_test, record_control
from risk.views.acts import act, ask

SHOWN = 50


@require_safe
@login_required
@permission_required("risk.view_control", raise_exception=True)
def control_list(request):
    listing = ListPage(
        request,
        filterset=ControlFilter(
            request.GET, queryset=Control.objects.visible_to(request.user).for_list(), request=request
        ),
        columns=control_columns(),
        order=["code"],
        row_url=lambda control: f"/risk/controls/{control.code}/",
        all_label=_("All controls"),
        label=_("Controls"),
        empty=_("No control is recorded yet. Record the first one."),
    )
    url = reverse("risk:control_create")
    actions = [act(request.user, "risk.add_control", _("Record control"), url, "plus", primary=True)]
    return render_list(request, "risk/control_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.add_control", raise_exception=True)
def control_create(request):
    form = ControlForm(request.POST or None, user=request.user, initial={"owner": request.user.pk})
    return ask(
        request,
        form,
        context={"crumbs": [(_("Controls"), reverse("risk:control_list")), (_("Record control"), "")]},
        verb=_("Record control"),
        then=reverse("risk:control_list"),
        service=lambda: record_control(actor=request.user, **form.cleaned_data),
    )


@require_safe
@login_required
@permission_required("risk.view_control", raise_exception=True)
def control_detail(request, code):
    control = _control(request, code)
    to = lambda name: reverse(f"risk:control_{name}", args=[control.code])  # noqa: E731
    own = _("You own this control: somebody else tests it.") if control.owner_id == request.user.pk else ""
    context = {
        "control": control,
        "crumbs": [(_("Controls"), reverse("risk:control_list")), (control.name, "")],
        "actions": [
            act(request.user, "risk.test_control", _("Begin a test"), to("test"), "list-check", hurdle=own, primary=True),
            act(request.user, "risk.change_control", _("Edit"), to("edit"), "edit"),
        ],
        "works": effectiveness_pill(control.last_test),
        "measure": CONTROL_MEASURES.get(control.measure),
        "run": run_pill(control.last_run) if control.measure else "",
        "runs": control.runs.all()[:SHOWN],
        "run_columns": run_columns(),
        "run_url": opens(lambda run: reverse("risk:run_detail", args=[run.pk])),
        "risks": control.risks.visible_to(request.user).select_related("residual").order_by("reference"),
        "tests": [(test, effectiveness_pill(test if test.is_finished else None)) for test in _tests(control)],
    }  # fmt: skip
    return render(request, "risk/control_detail.html", context)


@require_safe
@login_required
@permission_required("risk.view_control", raise_exception=True)
def run_detail(request, pk):
    """What an automated test counted, and the first hundred exceptions, each on its page."""
    seen = AutomatedRun.objects.filter(control__in=Control.objects.visible_to(request.user)).select_related("control")
    run = get_object_or_404(seen, pk=pk)
    measure = CONTROL_MEASURES.get(run.measure)
    context = {
        "run": run,
        "measure": measure,
        "result": run_pill(run),
        "items": [(key, measure.url(key) if measure else "") for key in run.keys],
        "crumbs": _crumbs(run.control, _("Automated test")),
    }
    return render(request, "risk/run_detail.html", context)


def _tests(control):
    return control.tests.select_related("tester")[:SHOWN]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.change_control", raise_exception=True)
def control_edit(request, code):
    control = _control(request, code)
    form = ControlForm(request.POST or None, instance=control, user=request.user)
    return ask(
        request,
        form,
        context={"crumbs": _crumbs(control, _("Edit"))},
        verb=_("Save control"),
        then=_url(control),
        service=lambda: change_control(actor=request.user, control_id=control.pk, **form.cleaned_data),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.test_control", raise_exception=True)
def control_test(request, code):
    """Begin a test: list what the control did, and a sample is drawn."""
    control = _control(request, code)
    form = BeginTestForm(request.POST or None)
    return ask(
        request,
        form,
        context={"here": _("Begin a test"), "about": control.name, "crumbs": _crumbs(control, _("Begin a test"))},
        verb=_("Draw the sample"),
        then=_url(control),
        service=lambda: begin_test(actor=request.user, control_id=control.pk, at=timezone.now(), **form.cleaned_data),
        leads=lambda test: reverse("risk:test_detail", args=[test.pk]),
    )


@require_safe
@login_required
@permission_required("risk.view_control", raise_exception=True)
def test_detail(request, pk):
    test = _test(request, pk)
    finished = _("This test is finished.") if test.is_finished else ""
    other = "" if test.tester_id == request.user.pk else _("Whoever began a test finishes it.")
    url = reverse("risk:test_finish", args=[test.pk])
    context = {
        "test": test,
        "crumbs": _crumbs(test.control, _("Test")),
        "actions": [
            act(request.user, "risk.test_control", _("Finish"), url, "check", hurdle=finished or other, primary=True)
        ],
        "works": effectiveness_pill(test) if test.is_finished else "",
        "items": test.items.all(),
    }
    return render(request, "risk/test_detail.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.test_control", raise_exception=True)
def test_finish(request, pk):
    test = _test(request, pk)
    form = FinishTestForm(request.POST or None, items=test.items.all())
    return ask(
        request,
        form,
        context={"crumbs": _crumbs(test.control, _("Finish")), "about": test.control.name},
        verb=_("Finish the test"),
        then=reverse("risk:test_detail", args=[test.pk]),
        service=lambda: finish_test(actor=request.user, test_id=test.pk, at=timezone.now(), **form.result),
    )


def _test(request, pk):
    seen = Control.objects.visible_to(request.user)
    return get_object_or_404(ControlTest.objects.select_related("control", "tester"), pk=pk, control__in=seen)


def _control(request, code):
    return get_object_or_404(Control.objects.visible_to(request.user).for_list(), code=code)


def _crumbs(control, here):
    return [(_("Controls"), reverse("risk:control_list")), (control.name, _url(control)), (here, "")]


def _url(control):
    return reverse("risk:control_detail", args=[control.code])
