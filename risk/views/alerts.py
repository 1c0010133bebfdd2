from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pages.lists import ListPage, render_list
from risk.alert_parts import actions_of, links_of
from risk.columns import alert_columns
from risk.filters.alerts import AlertFilter
from risk.forms.alerts import AssignForm, CloseAlertForm
from risk.measures import MEASURES
from risk.models import Alert
from risk.services.alerts import acknowledge_alert, assign_alert, close_alert, hurdle_to_closing
from risk.views.acts import act, ask
from risk.views.indicators import IN_CHART, readings_chart


@require_safe
@login_required
@permission_required("risk.view_alert", raise_exception=True)
def alert_list(request):
    listing = ListPage(
        request,
        filterset=AlertFilter(request.GET, queryset=Alert.objects.visible_to(request.user).for_list(), request=request),
        columns=alert_columns(),
        order=["-opened_at", "-id"],
        row_url=lambda alert: f"/risk/alerts/{alert.pk}/",
        search_field="",
        all_label=_("All alerts"),
        label=_("Alerts"),
        empty=_("No alert yet: no indicator has left its green band."),
    )
    return render_list(request, "risk/alert_list.html", listing)


@require_safe
@login_required
@permission_required("risk.view_alert", raise_exception=True)
def alert_detail(request, pk):
    alert = _alert(request, pk)
    indicator = alert.indicator
    readings = list(indicator.readings.last_of_each_day()[:IN_CHART])
    measure = MEASURES.get(indicator.measure)
    return render(
        request,
        "risk/alert_detail.html",
        {
            "alert": alert,
            "indicator": indicator,
            "actions": [*_actions(request.user, alert), *actions_of(request.user, alert)],
            "links": links_of(request.user, alert),
            "measure": measure,
            "chart": readings_chart(indicator, readings),
            "rows_url": measure.rows_url(indicator.latest.day, indicator.line_id)
            if measure and indicator.latest
            else "",
            "others": Alert.objects.visible_to(request.user)
            .filter(indicator=indicator)
            .exclude(pk=alert.pk)
            .for_list()[:10],
            "columns": alert_columns(),
        },
    )


def _actions(user, alert):
    to = lambda name: reverse(f"risk:alert_{name}", args=[alert.pk])  # noqa: E731
    closed = "" if alert.is_open else _("This alert is closed.")
    hurdle = closed or _not_the_owner(user, alert)
    seen = _("Acknowledged already.") if alert.acknowledged_at else ""
    return [
        act(
            user,
            "risk.close_alert",
            _("Close alert"),
            to("close"),
            "check",
            primary=True,
            hurdle=hurdle or hurdle_to_closing(alert),
        ),
        act(user, "risk.close_alert", _("Acknowledge"), to("acknowledge"), "eye", post=True, hurdle=hurdle or seen),
        act(user, "risk.assign_alert", _("Assign"), to("assign"), "user-plus", hurdle=closed),
    ]


def _not_the_owner(user, alert):
    if alert.owner_id is None:
        return _("This alert has no owner yet: give it one first.")
    return "" if alert.owner_id == user.pk else _("Its owner does this: %(owner)s.") % {"owner": alert.owner}


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.assign_alert", raise_exception=True)
def alert_assign(request, pk):
    alert = _alert(request, pk)
    form = AssignForm(request.POST or None, initial={"owner": alert.owner_id})
    return ask(
        request,
        form,
        template="risk/alert_act.html",
        then=_url(alert),
        context={"alert": alert},
        verb=_("Assign alert"),
        service=lambda: assign_alert(actor=request.user, alert_id=alert.pk, at=timezone.now(), **form.cleaned_data),
    )


@require_POST
@login_required
@permission_required("risk.close_alert", raise_exception=True)
def alert_acknowledge(request, pk):
    alert = _alert(request, pk)
    if alert.is_open:
        acknowledge_alert(actor=request.user, alert_id=alert.pk, at=timezone.now())
    return redirect(_url(alert))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.close_alert", raise_exception=True)
def alert_close(request, pk):
    alert = _alert(request, pk)
    form = CloseAlertForm(request.POST or None)
    return ask(
        request,
        form,
        template="risk/alert_act.html",
        then=_url(alert),
        context={"alert": alert},
        verb=_("Close alert"),
        service=lambda: close_alert(actor=request.user, alert_id=alert.pk, at=timezone.now(), **form.cleaned_data),
    )


def _alert(request, pk):
    seen = Alert.objects.visible_to(request.user).for_list().select_related("closed_by")
    return get_object_or_404(seen, pk=pk)


def _url(alert):
    return reverse("risk:alert_detail", args=[alert.pk])
