from datetime import date

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pages.charts import Bound, Chart
from pages.lists import ListPage, render_list
from products.models import BusinessLine
from risk.behind import BEHIND
from risk.columns import alert_columns, indicator_columns
from risk.filters.indicators import IndicatorFilter
from risk.forms.indicators import BoundsForm, IndicatorChangeForm, IndicatorForm, ReadingForm
from risk.measures import MEASURES
from risk.models import Alert, Indicator, IndicatorReading, IndicatorSource, Unit
from risk.services.indicators import change_indicator, propose_bounds, propose_indicator
from risk.services.readings import record_reading
from risk.views.acts import act, ask
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting

DEFINE = "risk.indicator.define"
IN_CHART, IN_TABLE, IN_SPARK = 400, 60, 30


@require_safe
@login_required
@permission_required("risk.view_indicator", raise_exception=True)
def indicator_list(request):
    seen = Indicator.objects.visible_to(request.user).for_list()
    lines: dict[int, list] = {}
    listing = ListPage(
        request,
        filterset=IndicatorFilter(request.GET, queryset=seen, request=request),
        columns=indicator_columns(lines),
        order=["risk_class", "code"],
        row_url=lambda row: f"/risk/indicators/{row.code}/",
        all_label=_("All indicators"),
        label=_("Indicators"),
        empty=_("No indicator is defined yet. Define the first one."),
    )
    lines.update(IndicatorReading.objects.last_values(listing.page.rows, most=IN_SPARK))
    actions = [
        act(
            request.user,
            "risk.add_indicator",
            _("Define indicator"),
            reverse("risk:indicator_create"),
            "plus",
            primary=True,
        )
    ]
    return render_list(
        request, "risk/indicator_list.html", listing, actions=actions, waiting=ChangeRequest.objects.open().of([DEFINE])
    )


@require_safe
@login_required
@permission_required("risk.view_indicator", raise_exception=True)
def indicator_detail(request, code):
    indicator = _indicator(request, code)
    readings = list(indicator.readings.last_of_each_day()[:IN_CHART])
    measure = MEASURES.get(indicator.measure)
    latest = indicator.latest
    return render(
        request,
        "risk/indicator_detail.html",
        {
            "indicator": indicator,
            "waiting": ChangeRequest.objects.open().about("risk_indicator", indicator.pk),
            "measure": measure,
            "actions": _actions(request.user, indicator),
            "chart": readings_chart(indicator, readings),
            "readings": readings[:IN_TABLE],
            "rows_url": measure.rows_url(latest.day, indicator.line_id) if measure and latest else "",
            "alert_columns": alert_columns(),
            "alerts": Alert.objects.visible_to(request.user).filter(indicator=indicator).for_list()[:20],
            "risks": indicator.risks.visible_to(request.user).for_list(),
        },
    )


def readings_chart(indicator, readings):
    """The readings over their days, oldest first, with the bounds of now; a share is drawn in percent."""
    factor, unit = (100, "%") if indicator.unit == Unit.SHARE else (1, indicator.get_unit_display())
    drawn = list(reversed(readings))
    return Chart(
        title=_("Readings"),
        x=[reading.day for reading in drawn],
        unit=unit,
        as_of=drawn[-1].day if drawn else None,
        series={indicator.label: [None if reading.value is None else reading.value * factor for reading in drawn]},
        bounds=[Bound(_("amber"), indicator.amber * factor, "amber"), Bound(_("red"), indicator.red * factor, "red")],
    )


def _actions(user, indicator):
    to = lambda name: reverse(f"risk:indicator_{name}", args=[indicator.code])  # noqa: E731
    measured = _("The nightly run reads this indicator.") if indicator.source == IndicatorSource.MEASURE else ""
    off = "" if indicator.is_active else _("This indicator is switched off.")
    return [
        act(
            user,
            "risk.add_indicatorreading",
            _("Add reading"),
            to("read"),
            "plus",
            hurdle=measured or off,
            primary=not measured,
        ),
        act(user, "risk.change_indicator", _("Change bounds"), to("bounds"), "adjustments"),
        act(user, "risk.change_indicator", _("Edit"), to("edit"), "edit"),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.add_indicator", raise_exception=True)
def indicator_create(request):
    """Describe an indicator with its first bounds; it begins once somebody else has approved it."""
    form = IndicatorForm(request.POST or None, user=request.user)
    return ask(
        request,
        form,
        template="risk/indicator_act.html",
        then=reverse("risk:indicator_list"),
        verb=_("Define indicator"),
        context={},
        service=lambda: say_waiting(
            request, propose_indicator(actor=request.user, at=timezone.now(), **form.cleaned_data)
        ),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.change_indicator", raise_exception=True)
def indicator_edit(request, code):
    indicator = _indicator(request, code)
    form = IndicatorChangeForm(request.POST or None, instance=indicator, user=request.user)

    def save():
        changes = dict(form.cleaned_data)
        risks = changes.pop("risks")
        return change_indicator(actor=request.user, indicator_id=indicator.pk, changes=changes, risks=risks)

    return ask(
        request,
        form,
        template="risk/indicator_act.html",
        verb=_("Save indicator"),
        context={"indicator": indicator, "here": _("Edit indicator")},
        service=save,
        then=_url(indicator),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.change_indicator", raise_exception=True)
def indicator_bounds(request, code):
    indicator = _indicator(request, code)
    form = BoundsForm(request.POST or None, indicator=indicator)
    return ask(
        request,
        form,
        template="risk/indicator_act.html",
        then=_url(indicator),
        verb=_("Change bounds"),
        context={
            "indicator": indicator,
            "note": _(
                "New bounds hold from the first reading after somebody else has approved them; past readings keep the "
                "bounds that they were taken under."
            ),
        },
        service=lambda: say_waiting(
            request,
            propose_bounds(actor=request.user, indicator_id=indicator.pk, at=timezone.now(), **form.cleaned_data),
        ),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.add_indicatorreading", raise_exception=True)
def indicator_read(request, code):
    indicator = _indicator(request, code)
    form = ReadingForm(request.POST or None, indicator=indicator)
    return ask(
        request,
        form,
        template="risk/indicator_act.html",
        then=_url(indicator),
        context={"indicator": indicator},
        verb=_("Add reading"),
        service=lambda: record_reading(
            actor=request.user, indicator_id=indicator.pk, at=timezone.now(), **form.cleaned_data
        ),
    )


@require_safe
@login_required
@permission_required("risk.view_indicator", raise_exception=True)
def measure_rows(request, code):
    """The rows behind a measure as of a day, as far as the reader may see them."""
    if code not in BEHIND:
        raise Http404
    at = _day(request)
    line = BusinessLine.objects.visible_to(request.user).filter(pk=request.GET.get("line", "")).first()
    found = BEHIND[code](request.user, at, line.pk if line else None)
    return render(
        request, "risk/measure_rows.html", {"measure": MEASURES[code], "day": at, "line": line, "behind": found}
    )


def _day(request) -> date:
    try:
        return parse_date(request.GET.get("day", "")) or timezone.localdate()
    except ValueError:
        return timezone.localdate()


def _indicator(request, code):
    seen = Indicator.objects.visible_to(request.user).for_list()
    return get_object_or_404(seen, code=code)


def _url(indicator):
    return reverse("risk:indicator_detail", args=[indicator.code])
