"""A ticket's clocks, the breaches of all, and how many promises were kept."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pages.actions import Action
from pages.charts import Chart
from pages.columns import Column
from pages.formats import moment, number, percent
from pages.lists import ListPage, render_list
from pages.templatetags.pages import pill_html
from service.clock_chips import CAUSES, KINDS, STATES, Chips, breach_columns, clock_columns
from service.filters.breaches import BreachFilter
from service.forms.clocks import CauseForm
from service.models import Ticket, TicketClock
from service.policy_words import step_text
from service.services.breaches import Kept, breaches_asked_for, causes_of, choose_cause, kept_by, kept_by_month
from staff.exports import start_export
from staff.rate_limits import limited
from staff.reauth import recently_authenticated

MONTHS = 12


@require_safe
@login_required
@permission_required("service.view_ticket", raise_exception=True)
def clock_ticket(request, reference):
    """Every clock of a ticket, the states that it counts over, and the steps of the escalation."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user).defer("search"), reference=reference)
    clocks = list(
        TicketClock.objects.visible_to(request.user)
        .for_list()
        .select_related("policy__calendar")
        .prefetch_related("steps")
        .filter(ticket=ticket)
    )
    chips = Chips()
    return render(
        request,
        "service/clock_ticket.html",
        {
            "ticket": ticket,
            "columns": [*clock_columns(chips), _cause_column(request.user)],
            "clocks": clocks,
            "spans": ticket.spans.all(),
            "span_columns": SPAN_COLUMNS,
            "steps": [step for clock in clocks for step in clock.steps.all()],
            "step_columns": STEP_COLUMNS,
        },
    )


SPAN_COLUMNS = (
    Column("status", gettext_lazy("State"), lambda row: STATES[row.status]),
    Column("assigned", gettext_lazy("With an agent"), lambda row: _("Yes") if row.assigned else _("No")),
    Column("from", gettext_lazy("From"), lambda row: moment(row.started_at)),
    Column("until", gettext_lazy("Until"), lambda row: moment(row.ended_at) if row.ended_at else _("now")),
)
STEP_COLUMNS = (
    Column("step", gettext_lazy("Step"), lambda row: step_said(row)),
    Column("at", gettext_lazy("At"), lambda row: moment(row.at)),
    Column("told", gettext_lazy("People told"), lambda row: number(row.told), numeric=True),
)


def step_said(row):
    kind, share, after, action = row.step.split(":")
    return step_text({"kind": kind, "percent": int(share), "after": int(after), "action": action})


def _cause_column(user):
    may = user.has_perm("service.answer_ticket")

    def link(clock):
        if not clock.breached_at or not may:
            return ""
        url = reverse("service:clock_cause", args=[clock.ticket.reference, clock.pk])
        return format_html('<a href="{}">{}</a>', url, _("Say the cause"))

    return Column("say", gettext_lazy("Action"), link)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.answer_ticket", raise_exception=True)
def clock_cause(request, reference, pk):
    """Say what the cause of a breach was."""
    seen = TicketClock.objects.visible_to(request.user).breached().for_list()
    clock = get_object_or_404(seen, pk=pk, ticket__reference=reference)
    back = reverse("service:clock_ticket", args=[reference])
    form = CauseForm(request.POST or None, initial={"cause": clock.said}, cancel_url=back)
    if request.method == "POST" and form.is_valid():
        choose_cause(actor=request.user, clock_id=clock.pk, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The cause is noted."))
        return redirect(back)
    context = {"form": form, "ticket": clock.ticket, "clock": KINDS[clock.kind]}
    return render(request, "service/clock_cause.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
@permission_required("service.view_ticketclock", raise_exception=True)
def breach_list(request):
    """Promises that were not kept, the newest first."""
    seen = TicketClock.objects.visible_to(request.user).breached().for_list()
    listing = ListPage(
        request,
        filterset=BreachFilter(request.GET, queryset=seen, request=request),
        columns=breach_columns(),
        order=["-breached_at", "-id"],
        row_url=lambda row: f"/service/tickets/{row.ticket.reference}/clocks/",
        export_url=reverse("service:breach_export"),
        label=_("Breaches"),
        all_label=_("All breaches"),
        empty=_("Every promise was kept so far."),
    )
    actions = [Action(_("Report"), reverse("service:breach_report"), "chart-bar")]
    return render_list(request, "service/breach_list.html", listing, actions=actions)


@require_POST
@login_required
@permission_required("service.view_ticketclock", raise_exception=True)
@limited("export")
@recently_authenticated
def breach_export(request):
    """Ask for the breaches that match the list's filters as a file."""
    query, wish = request.POST.get("query", ""), request.POST.get("format", "csv")
    try:
        breaches_asked_for(request.user, query)
        job = start_export(
            actor=request.user, kind="service.breaches", title=_("Breaches"),
            parameters={"format": wish, "query": query}, at=timezone.now(),
        )  # fmt: skip
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("service:breach_list")
    return redirect("staff:job_detail", job.pk)


@require_safe
@login_required
@permission_required("service.view_ticketclock", raise_exception=True)
def breach_report(request):
    """The share of promises kept by clock and month, and what the broken ones have in common."""
    at = timezone.now()
    clocks = TicketClock.objects.visible_to(request.user)
    months = kept_by_month(clocks, at=at, zone=timezone.get_current_timezone())
    causes = causes_of(clocks)
    return render(
        request,
        "service/breach_report.html",
        {
            "at": at,
            "figures": [(KINDS[kind], _whole(by_month)) for kind, by_month in months.items() if kind in KINDS],
            "chart": _share_chart(months, at),
            "causes_chart": _cause_chart(causes, at),
            "groups": [
                (_("By service policy"), kept_by(clocks, "policy__name", at=at)),
                (_("By queue"), kept_by(clocks, "ticket__queue__name", at=at)),
                (_("By kind"), _said(kept_by(clocks, "ticket__kind", at=at), Ticket)),
            ],
            "columns": KEPT_COLUMNS,
            "causes": [{"cause": CAUSES[cause], "n": n} for cause, n in causes],
            "actions": [Action(_("All breaches"), reverse("service:breach_list"), "list-details")],
        },
    )


def _share_pill(row):
    if row.share is None:
        return ""
    tone = "green" if row.share >= 0.95 else "amber" if row.share >= 0.8 else "red"
    return pill_html(percent(row.share, 1), tone)


KEPT_COLUMNS = (
    Column("key", gettext_lazy("Group"), lambda row: row.key or _("none")),
    Column("ended", gettext_lazy("Promises ended"), lambda row: number(row.ended), numeric=True),
    Column("breached", gettext_lazy("Breached"), lambda row: number(row.breached), numeric=True),
    Column("share", gettext_lazy("Kept"), _share_pill, numeric=True),
)


def _said(rows, model):
    labels = dict(model._meta.get_field("kind").choices)
    return [Kept(labels.get(row.key, row.key), row.ended, row.breached) for row in rows]


def _whole(by_month):
    return Kept("", sum(row.ended for row in by_month.values()), sum(row.breached for row in by_month.values()))


def _share_chart(months, at):
    """Percent of promises kept, by the month in which they began."""
    days = sorted({month for by_month in months.values() for month in by_month})[-MONTHS:]
    series = {
        KINDS[kind]: [
            round(100 * by_month[month].share, 1) if month in by_month and by_month[month].share is not None else None
            for month in days
        ]
        for kind, by_month in months.items()
        if by_month and kind in KINDS
    }
    return Chart(_("Promises kept"), x=[f"{month:%Y-%m}" for month in days], series=series, unit="%", as_of=at)


def _cause_chart(causes, at):
    urls = [f"{reverse('service:breach_list')}?{_query(cause)}" for cause, _n in causes]
    return Chart(
        _("Breaches by cause"), kind="bar", x=[str(CAUSES[cause]) for cause, _n in causes],
        series={_("Breaches"): [n for _cause, n in causes]}, unit=_("breaches"), as_of=at, urls=urls,
    )  # fmt: skip


def _query(cause):
    query = QueryDict(mutable=True)
    query["cause"] = cause
    return query.urlencode()
