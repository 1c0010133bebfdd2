from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from customers.views.asking import ask
from pages.actions import Action
from pages.columns import opens
from pages.formats import day, number, percent
from pages.lists import Column
from pages.templatetags.pages import pill_html
from products.models import ProductVersion
from service.forms import complaints as shapes
from service.models import Improvement, ImprovementState, ProcessStep, RootCause
from service.services.trends import (
    PER,
    PLAN,
    drop_improvement,
    effect_of,
    last_full_month,
    plan_improvement,
    put_into_effect,
    rule_of_trends,
    trends_of,
)

TONES = {"proposed": "amber", "open": "blue", "done": "green", "dropped": "neutral"}
SHOWN = 100


def state_pill(row):
    return pill_html(row.get_state_display(), TONES[row.state])


def rate(value):
    return "–" if value is None else number(value, 2)


IMPROVEMENT_COLUMNS = (
    Column("what", gettext_lazy("Cause and step"), lambda row: f"{row.get_cause_display()}, {row.step}", link=True),
    Column("version", gettext_lazy("Product version"), lambda row: row.version),
    Column("state", gettext_lazy("State"), state_pill),
    Column("month", gettext_lazy("Month"), lambda row: row.month.strftime("%Y-%m")),
    Column("rate", gettext_lazy("Per 1,000"), lambda row: rate(PER * row.cases / row.accounts), numeric=True),
    Column(
        "before",
        gettext_lazy("Months before"),
        lambda row: rate(PER * row.cases_before / row.accounts_before),
        numeric=True,
    ),
    Column("owner", gettext_lazy("Owner"), lambda row: row.owner or "–"),
    Column("due_on", gettext_lazy("Due"), lambda row: day(row.due_on)),
)


def trend_columns(found):
    versions = ProductVersion.objects.select_related("product").in_bulk({one.version_id for one in found})
    steps = ProcessStep.objects.in_bulk({one.step_id for one in found})
    causes = {one.value: str(one.label) for one in RootCause}
    return (
        Column("version", _("Product version"), lambda row: versions[row.version_id]),
        Column("cause", _("Root cause"), lambda row: causes[row.cause]),
        Column("step", _("Process step"), lambda row: steps[row.step_id]),
        Column("cases", _("Cases"), lambda row: number(row.cases), numeric=True),
        Column("accounts", _("Accounts"), lambda row: number(row.accounts), numeric=True),
        Column("rate", _("Per 1,000"), lambda row: rate(row.rate), numeric=True),
        Column("before", _("Months before"), lambda row: rate(row.rate_before), numeric=True),
        Column("chance", _("By chance"), lambda row: percent(row.probability, 1), numeric=True),
        Column("rising", _("Trend"), lambda row: pill_html(_("rising"), "red") if row.is_rising else "–"),
    )


@require_safe
@login_required
@permission_required("service.view_improvement", raise_exception=True)
def improvement_list(request):
    """What is done about causes of complaints, and the month's trends from which it was proposed."""
    month = last_full_month(timezone.localdate())
    found = trends_of(month)[:SHOWN]
    return render(
        request,
        "service/improvement_list.html",
        {
            "rows": Improvement.objects.visible_to(request.user).for_list()[:SHOWN],
            "columns": IMPROVEMENT_COLUMNS,
            "row_url": opens(lambda row: reverse("service:improvement_detail", args=[row.pk])),
            "trends": found,
            "trend_columns": trend_columns(found),
            "month": month.strftime("%Y-%m"),
            "rule": rule_of_trends(month),
        },
    )


@require_safe
@login_required
@permission_required("service.view_improvement", raise_exception=True)
def improvement_detail(request, pk):
    """One improvement: how it was found, what is done, and whether it helped."""
    row = get_object_or_404(Improvement.objects.visible_to(request.user).for_list(), pk=pk)
    return render(
        request,
        "service/improvement_detail.html",
        {
            "row": row,
            "title": f"{row.get_cause_display()}, {row.step}",
            "state": state_pill(row),
            "crumbs": [(_("Trends and improvements"), reverse("service:improvement_list")), (str(row.pk), "")],
            "actions": _actions(request.user, row),
            "facts": [
                (_("Product version"), row.version), (_("What is done"), row.action), (_("Owner"), row.owner),
                (_("Due"), day(row.due_on)), (_("In effect from"), day(row.effective_on)),
            ],
            "found": [
                (_("Month"), row.month.strftime("%Y-%m")),
                (_("Cases"), _("%(n)s of %(accounts)s accounts") % {"n": number(row.cases), "accounts": number(row.accounts)}),
                (_("Per 1,000 accounts"), rate(PER * row.cases / row.accounts)),
                (_("Before, per 1,000 accounts a month"), rate(PER * row.cases_before / row.accounts_before)),
                (_("So many or more by chance"), percent(row.probability, 2)),
            ],
            "effect": effect_facts(effect_of(row, today=timezone.localdate())),
        },
    )  # fmt: skip


def effect_facts(effect):
    if effect is None:
        return None
    return {
        "verdict": effect.verdict,
        "facts": [
            (_("Months before"), _said(effect.rate_before, effect.before, effect.cases_before, effect.months_before)),
            (_("Since"), _said(effect.rate, effect.since, effect.cases, effect.months)),
            (_("Since over before"), _("%(low)s to %(high)s") % {"low": _end(effect.ratio.low), "high": _end(effect.ratio.high)}),
        ],
    }  # fmt: skip


def _said(value, interval, cases, months):
    return _("%(rate)s (%(low)s to %(high)s); %(cases)s complaints in %(months)s months") % {
        "rate": rate(value), "low": _end(interval.low), "high": _end(interval.high), "cases": number(cases),
        "months": number(months),
    }  # fmt: skip


def _end(value):
    return "∞" if value == float("inf") else number(value, 2)


ACTS = {
    "plan": (gettext_lazy("Plan"), shapes.PlanForm, plan_improvement, "pencil", ("proposed", "open")),
    "effective": (gettext_lazy("In effect"), shapes.EffectiveForm, put_into_effect, "check", ("open",)),
    "drop": (gettext_lazy("Leave as it is"), shapes.ReasonForm, drop_improvement, "x", ("proposed", "open")),
}


def _actions(user, row):
    may = user.has_perm(PLAN)
    return [
        Action(label, reverse("service:improvement_act", args=[row.pk, name]), icon, primary=name == _next(row)).unless(
            None
            if may and row.state in states
            else _("Not in this state.")
            if may
            else _("The lead of customer service or compliance does this.")
        )
        for name, (label, _form, _service, icon, states) in ACTS.items()
    ]


def _next(row):
    return "plan" if row.state == ImprovementState.PROPOSED else "effective"


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(PLAN, raise_exception=True)
def improvement_act(request, pk, act):
    row = get_object_or_404(Improvement.objects.visible_to(request.user).for_list(), pk=pk)
    if act not in ACTS:
        raise Http404
    label, form, service, _icon, _states = ACTS[act]
    then = reverse("service:improvement_detail", args=[row.pk])
    initial = {"action": row.action, "owner": row.owner_id, "due_on": row.due_on} if act == "plan" else {}
    return ask(
        request,
        form(request.POST) if request.method == "POST" else form(initial=initial),
        title=label,
        crumbs=[(_("Trends and improvements"), reverse("service:improvement_list")), (str(row), then)],
        service=lambda cleaned: service(actor=request.user, improvement_id=row.pk, at=timezone.now(), **cleaned),
        then=then,
    )
