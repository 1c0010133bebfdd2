"""Complaints as figures: how many, about what, how they ended, whether in time; the rules; what people write about."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count, F, Max, Q
from django.db.models.functions import TruncMonth
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from customers.masking import Masked
from pages.actions import Action
from pages.charts import Chart
from pages.formats import day, number, percent
from pages.lists import Column, ListPage, render_list
from pages.templatetags.pages import pill_html
from products.models import Jurisdiction, LineCode
from service.complaint_columns import complaint_url
from service.filters.complaints import PastComplaintFilter
from service.models import (
    Complaint,
    ComplaintClock,
    ComplaintKind,
    ComplaintOutcome,
    ComplaintRule,
    ComplaintTheme,
    PastComplaint,
    RedressLimit,
    RootCause,
    ThemeMember,
    TrendRule,
)
from service.services.complaint_themes import find_themes

MONTHS = 12
EXAMPLES = 3
GROUPS = (
    ("kind", gettext_lazy("By what they are about"), {one.value: one.label for one in ComplaintKind}),
    ("cause", gettext_lazy("By root cause"), {one.value: one.label for one in RootCause}),
    ("ticket__product__name", gettext_lazy("By product"), {}),
    ("ticket__line", gettext_lazy("By business line"), {one.value: one.label for one in LineCode}),
    ("jurisdiction", gettext_lazy("By jurisdiction"), {one.value: one.label for one in Jurisdiction}),
)


@require_safe
@login_required
@permission_required("service.view_complaint", raise_exception=True)
def complaint_report(request):
    """Complaints of the last twelve months: by kind, cause, product, line and law, with outcome and timeliness."""
    today = timezone.localdate()
    first = today.replace(year=today.year - 1, day=1)
    seen = Complaint.objects.visible_to(request.user).filter(received_on__gte=first)
    return render(
        request,
        "service/complaint_report.html",
        {
            "groups": [(title, _columns(labels), _grouped(seen, field)) for field, title, labels in GROUPS],
            "chart": _chart(seen),
            "outcomes": _outcomes(seen),
            "timeliness": _timeliness(seen),
            "first": first,
            "today": today,
        },
    )


def _grouped(seen, field):
    return list(
        seen.values(name=F(field))
        .annotate(
            n=Count("pk"),
            open=Count("pk", filter=Q(state="open")),
            upheld=Count("pk", filter=Q(outcome__in=["upheld", "partly"])),
            decided=Count("pk", filter=Q(state="decided")),
        )
        .order_by("-n", "name")[:20]
    )


def _columns(labels):
    return (
        Column("name", _("What"), lambda row: labels.get(row["name"], row["name"]) or _("not named yet")),
        Column("n", _("Complaints"), lambda row: number(row["n"]), numeric=True),
        Column("open", _("Open"), lambda row: number(row["open"]), numeric=True),
        Column("decided", _("Decided"), lambda row: number(row["decided"]), numeric=True),
        Column(
            "upheld", _("Upheld"),
            lambda row: percent(row["upheld"] / row["decided"], 0) if row["decided"] else "–", numeric=True,
        ),
    )  # fmt: skip


def _chart(seen):
    by_month = dict(
        seen.annotate(month=TruncMonth("received_on")).values_list("month").annotate(n=Count("pk")).order_by("month")
    )
    return Chart(
        _("Complaints by month"), kind="bar", unit="", x=[month.strftime("%Y-%m") for month in by_month],
        series={_("Complaints"): list(by_month.values())},
    )  # fmt: skip


def _outcomes(seen):
    found = dict(seen.exclude(outcome="").values_list("outcome").annotate(n=Count("pk")))
    return [(one.label, number(found.get(one.value, 0))) for one in ComplaintOutcome]


def _timeliness(seen):
    """Clocks that ended, met or not, and those that run past their day. A clock that another replaced is neither."""
    clocks = ComplaintClock.objects.filter(complaint__in=seen).exclude(step="summary")
    rows = clocks.values("step").annotate(
        met=Count("pk", filter=Q(is_met=True)), late=Count("pk", filter=Q(is_met=False)),
        running=Count("pk", filter=Q(ended_on=None)),
        over=Count("pk", filter=Q(ended_on=None, due_on__lt=timezone.localdate())),
    ).order_by("step")  # fmt: skip
    labels = dict(ComplaintClock._meta.get_field("step").choices)
    return [
        {**row, "label": labels[row["step"]], "share": _share(row["met"], row["met"] + row["late"])} for row in rows
    ]


def _share(part, whole):
    return percent(part / whole, 1) if whole else "–"


RULE_COLUMNS = (
    Column("step", gettext_lazy("Rule"), lambda row: row.get_step_display()),
    Column("law", gettext_lazy("Jurisdiction"), lambda row: row.jurisdiction or _("elsewhere")),
    Column("line", gettext_lazy("Line"), lambda row: LineCode(row.line).label if row.line else _("all")),
    Column("authority", gettext_lazy("Authority"), lambda row: row.get_authority_display() if row.authority else "–"),
    Column("value", gettext_lazy("Term"), lambda row: row.span),
    Column("from", gettext_lazy("Counted from"), lambda row: row.get_counts_from_display()),
    Column("ends", gettext_lazy("A last day that is off"), lambda row: row.get_ends_display()),
    Column("valid_from", gettext_lazy("From"), lambda row: day(row.valid_from)),
    Column("source", gettext_lazy("Source"), lambda row: row.source),
    Column("sure", gettext_lazy("Standing"), lambda row: confirmed(row)),
)
LIMIT_COLUMNS = (
    Column("currency", gettext_lazy("Currency"), lambda row: row.currency, mono=True),
    Column("amount", gettext_lazy("One person grants up to"), lambda row: number(row.amount), numeric=True),
    Column("valid_from", gettext_lazy("From"), lambda row: day(row.valid_from)),
    Column("source", gettext_lazy("Source"), lambda row: row.source),
    Column("sure", gettext_lazy("Standing"), lambda row: confirmed(row)),
)
TREND_COLUMNS = (
    Column("share", gettext_lazy("False alarms at most"), lambda row: percent(row.false_share, 1), numeric=True),
    Column("least", gettext_lazy("Cases at least"), lambda row: number(row.least_cases), numeric=True),
    Column("months", gettext_lazy("Months compared with"), lambda row: number(row.months_before), numeric=True),
    Column("valid_from", gettext_lazy("From"), lambda row: day(row.valid_from)),
    Column("sure", gettext_lazy("Standing"), lambda row: confirmed(row)),
)


def confirmed(rule):
    return (
        pill_html(_("needs confirmation"), "amber") if rule.needs_confirmation else pill_html(_("confirmed"), "green")
    )


@require_safe
@login_required
@permission_required("service.view_complaint", raise_exception=True)
def complaint_rules(request):
    """Statutory terms of complaints, limits of redress, and when a trend is one."""
    today, user = timezone.localdate(), request.user
    rules = ComplaintRule.objects.visible_to(user).in_force(today)
    return render(
        request,
        "service/complaint_rules.html",
        {
            "rules": rules,
            "rule_columns": RULE_COLUMNS,
            "unsure": rules.filter(needs_confirmation=True).count(),
            "limits": RedressLimit.objects.visible_to(user).in_force(today),
            "limit_columns": LIMIT_COLUMNS,
            "trends": TrendRule.objects.visible_to(user).in_force(today),
            "trend_columns": TREND_COLUMNS,
            "today": today,
        },
    )


def past_columns():
    return (
        Column("number", _("Number"), lambda row: row.external_id, mono=True, link=True),
        Column("received_on", _("Received on"), lambda row: day(row.received_on), sort="received_on"),
        Column("company", _("Company"), lambda row: row.company),
        Column("product_name", _("Product"), lambda row: row.product_name),
        Column("issue", _("Issue"), lambda row: row.issue, card="wide"),
        Column("response", _("Response"), lambda row: row.response),
        Column("timely", _("In time"), lambda row: row.timely),
        Column("channel", _("Channel"), lambda row: row.channel, default=False),
        Column("region", _("Region"), lambda row: row.region, default=False),
        Column("source", _("Source"), lambda row: row.source.name, default=False),
    )


@require_safe
@login_required
@permission_required("service.view_complaint", raise_exception=True)
def past_list(request):
    """Complaints that were imported as history."""
    seen = PastComplaint.objects.select_related("source").defer("narrative")
    listing = ListPage(
        request,
        filterset=PastComplaintFilter(request.GET, queryset=seen, request=request),
        columns=past_columns(),
        order=["-received_on", "-id"],
        row_url=lambda row: f"/service/complaints/past/{row.pk}/",
        search_field="",
        label=_("Imported complaints"),
        empty=_("No history is imported. A mapping with the target “complaints” brings it: Data, Imports."),
    )
    return render_list(request, "service/past_list.html", listing)


@require_safe
@login_required
@permission_required("service.view_complaint", raise_exception=True)
def past_detail(request, pk):
    row = get_object_or_404(PastComplaint.objects.select_related("source", "product"), pk=pk)
    facts = [
        (_("Received on"), day(row.received_on)), (_("Passed on"), day(row.answered_on)), (_("Company"), row.company),
        (_("Product"), row.product or row.product_name), (_("Issue"), row.issue), (_("Detail"), row.detail),
        (_("Response"), row.response), (_("In time"), row.timely), (_("Channel"), row.channel),
        (_("Region"), row.region), (_("Source"), row.source.name),
    ]  # fmt: skip
    crumbs = [(_("Imported complaints"), reverse("service:past_list")), (row.external_id, "")]
    return render(
        request, "service/past_detail.html", {"row": row, "facts": facts, "crumbs": crumbs, "title": row.external_id}
    )


@require_safe
@login_required
@permission_required("service.view_complaint", raise_exception=True)
def theme_list(request):
    """What complaints have in common by their words, with examples and how many came when."""
    themes = list(ComplaintTheme.objects.all())
    newest = ThemeMember.objects.aggregate(last=Max("received_on"))["last"]
    may = request.user.has_perm("service.decide_complaint")
    return render(
        request,
        "service/theme_list.html",
        {
            "themes": [(one, _examples(request.user, one), _spark(one, newest)) for one in themes],
            "found_at": themes[0].found_at if themes else None,
            "actions": [
                Action(_("Look for themes"), reverse("service:theme_find"), "refresh", post=True, primary=True).unless(
                    None if may else _("The lead of customer service or compliance does this.")
                ),
                Action(_("Imported complaints"), reverse("service:past_list"), "history"),
            ],
        },
    )


def _examples(user, theme):
    """The nearest complaints that the reader may see."""
    masked, shown = Masked(user), []
    near = theme.members.select_related("past", "complaint__ticket__customer").order_by("-nearness", "pk")
    seen = Q(complaint=None) | Q(complaint__in=Complaint.objects.visible_to(user))
    for one in near.filter(seen)[:EXAMPLES]:
        if one.past:
            shown.append((f"/service/complaints/past/{one.past_id}/", one.past.external_id, one.past.narrative[:280]))
        else:
            ticket = one.complaint.ticket
            said = masked.note(ticket.customer, ticket.subject) if ticket.customer else ticket.subject
            shown.append((complaint_url(one.complaint), ticket.reference, said))
    return shown


def _spark(theme, newest):
    """How many of a theme came in each of the last twelve months of the data."""
    if newest is None:
        return []
    first = newest.replace(year=newest.year - 1, day=1)
    found = dict(
        theme.members.filter(received_on__gte=first)
        .annotate(month=TruncMonth("received_on"))
        .values_list("month")
        .annotate(n=Count("pk"))
        .order_by("month")
    )
    return list(found.values())


@require_POST
@login_required
@permission_required("service.decide_complaint", raise_exception=True)
def theme_find(request):
    n = find_themes(at=timezone.now())
    messages.success(request, _("%(n)s themes were found.") % {"n": number(n)})
    return redirect("service:theme_list")
