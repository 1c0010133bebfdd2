from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessment.filters.panels import ForecastFilter
from assessment.forms.panels import OutcomeForm
from assessment.models import PanelItem
from assessment.panel_columns import forecast_columns
from assessment.rules.calibration import FEWEST
from assessment.services.calibration import hurdle_to_recording, record_outcome, records_of
from pages.lists import ListPage, render_list
from risk.views.acts import act, ask
from staff.models import User

MOST = 500


@require_safe
@login_required
@permission_required("assessment.view_calibration", raise_exception=True)
def experts(request):
    """How well each expert foresees. Below five resolved forecasts a score would be chance, and betray single votes."""
    people = User.objects.filter(panel_seats__isnull=False).distinct().order_by("full_name", "pk")[:MOST]
    due = PanelItem.objects.visible_to(request.user).due(timezone.now()).count()
    url = reverse("assessment:forecast_list")
    context = {
        "records": [(one, may_see_score(request.user, one)) for one in records_of(people)],
        "actions": [
            act(request.user, "assessment.record_outcome", _("Forecasts due"), url, "checks", primary=bool(due))
        ],
        "due": due,
        "fewest": FEWEST,
    }
    return render(request, "assessment/experts.html", context)


@require_safe
@login_required
@permission_required("assessment.view_panel", raise_exception=True)
def expert_record(request, pk):
    """One expert's record over time: for themselves, and for whoever sees calibration."""
    expert = get_object_or_404(User, pk=pk, pk__in=_known_to(request.user))
    (record,) = records_of([expert])
    context = {
        "record": record,
        "shows": may_see_score(request.user, record),
        "votes": record.resolved if _may_see_votes(request.user, expert) else None,
        "fewest": FEWEST,
        "crumbs": [(_("Experts"), reverse("assessment:experts")), (str(expert), "")],
    }
    return render(request, "assessment/expert_record.html", context)


def _known_to(user):
    """Keys of the people whose record somebody may open: their own, and all experts' for whoever sees calibration."""
    seated = User.objects.filter(panel_seats__isnull=False)
    return (seated if user.has_perm("assessment.view_calibration") else seated.filter(pk=user.pk)).values("pk")


def _may_see_votes(user, expert):
    return user.pk == expert.pk or user.has_perm("assessment.see_panel_names")


def may_see_score(user, record):
    return record.count > 0 and (record.count >= FEWEST or _may_see_votes(user, record.expert))


@require_safe
@login_required
@permission_required("assessment.record_outcome", raise_exception=True)
def forecast_list(request):
    """Forecasts whose year is over and whose outcome nobody has recorded."""
    seen = PanelItem.objects.visible_to(request.user).due(timezone.now()).for_list()
    listing = ListPage(
        request,
        filterset=ForecastFilter(request.GET, queryset=seen, request=request),
        columns=forecast_columns(),
        order=["due_at", "id"],
        row_url=lambda item: f"/assessment/forecasts/{item.pk}/",
        all_label=_("All forecasts due"),
        label=_("Forecasts due"),
        empty=_("No forecast is due: a year after its panel has finished each comes here."),
    )
    return render_list(request, "assessment/forecast_list.html", listing)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("assessment.record_outcome", raise_exception=True)
def outcome_record(request, pk):
    item = get_object_or_404(PanelItem.objects.visible_to(request.user).due(timezone.now()).for_list(), pk=pk)
    if hurdle := hurdle_to_recording(request.user, item):
        raise PermissionDenied(hurdle)
    form = OutcomeForm(request.POST or None, item=item)
    back = reverse("assessment:forecast_list")
    return ask(
        request,
        form,
        context={"crumbs": [(_("Forecasts due"), back), (str(item), "")], "about": str(item)},
        verb=_("Record outcome"),
        then=back,
        service=lambda: record_outcome(actor=request.user, item_id=item.pk, at=timezone.now(), **form.cleaned_data),
    )
