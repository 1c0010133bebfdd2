"""What campaigns brought about, and how hard customers are pressed."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.db import connection
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit.downloads import file
from marketing.results_table import csv_of
from marketing.services.measurement import Results, measure
from marketing.sql import statement
from marketing.views.campaigns import head, visible_campaign
from pages.charts import Chart
from pages.formats import money, number, percent
from staff.rate_limits import limited
from staff.reauth import recently_authenticated


@require_safe
@login_required
@permission_required("marketing.view_campaign", raise_exception=True)
def campaign_results(request, reference):
    """One sentence that says what may be concluded, then the figures that it stands on."""
    campaign, at = visible_campaign(request, reference), timezone.now()
    results = measure(campaign, at)
    context = {
        **head(request, campaign, "results"),
        "results": results,
        "sentence": sentence_of(results),
        "funnel": _funnel(results),
        "groups": _rows(results),
        "comparisons": [
            (one.variant, _points(one.effect.difference), _interval(one.effect), f"{one.p:.3f}")
            for one in results.comparisons
        ],
        "effect": _interval(results.effect) if results.effect else None,
        "facts": _money_facts(results, campaign.currency),
        "chart": _funnel_chart(results, at),
    }
    return render(request, "marketing/campaign_results.html", context)


@require_POST
@login_required
@permission_required("marketing.view_campaign", raise_exception=True)
@limited("export")
@recently_authenticated
def results_export(request, reference):
    """The figures as a table for other programs."""
    campaign = visible_campaign(request, reference)
    table = csv_of(measure(campaign, timezone.now()), campaign.currency)
    return file(
        f"{campaign.reference}-results.csv", f"\ufeff{table}".encode(), "text/csv; charset=utf-8",
        action="marketing.campaign.results_exported", table="marketing_campaign", pk=campaign.pk,
    )  # fmt: skip


def sentence_of(results: Results) -> str:
    """What may be concluded, in one sentence."""
    effect = results.effect
    said = {
        "nobody": _("Nobody was written to yet: there is nothing to conclude."),
        "mismatch": _(
            "People were not shared out as planned, so nothing may be concluded: look for what went wrong first."
        ),
        "no_control": _("Nobody was held out, so nobody can say what would have come by itself."),
        "more": _("More people converted because of it: %(effect)s, surely between %(low)s and %(high)s."),
        "less": _("Fewer people converted because of it: %(effect)s, surely between %(low)s and %(high)s."),
        "open": _("Nothing may be concluded yet: the effect lies somewhere between %(low)s and %(high)s."),
        "nothing_shown": _(
            "It has not been shown that it had any effect: it lies somewhere between %(low)s and %(high)s."
        ),
    }[results.verdict]
    if effect is None:
        return said
    values = {"effect": effect.difference, "low": effect.low, "high": effect.high}
    return said % {name: _points(value) for name, value in values.items()}


def _points(share: float) -> str:
    return _("%(n)s points") % {"n": number(round(share * 100, 2))}


def _interval(effect) -> str:
    return _("%(low)s to %(high)s") % {"low": _points(effect.low), "high": _points(effect.high)}


def _funnel(results):
    """Each step of the whole, as a share of those written to."""
    whole = results.whole
    if whole is None:
        return []
    steps = [
        (_("Handed over"), whole.sent),
        (_("Delivered"), whole.delivered),
        (_("Was opened"), whole.opened),
        (_("Clicked"), whole.clicked),
        (_("Converted"), whole.converted),
        (_("Unsubscribed"), whole.unsubscribed),
    ]
    return [(label, number(count), percent(count / whole.n) if whole.n else "–") for label, count in steps]


def _funnel_chart(results, at: datetime):
    every = [*results.groups, *([results.control] if results.control else [])]
    return Chart(
        title=_("Share that converted"), kind="bar", unit="%", as_of=at, places=2,
        x=[one.variant or _("held out") for one in every],
        series={_("Converted"): [round(one.rate * 100, 3) if one.n else None for one in every]},
    )  # fmt: skip


def _rows(results):
    every = [*results.groups, *([results.control] if results.control else [])]
    return [
        (
            one.variant or _("Held out"), number(one.n), number(one.sent), number(one.opened), number(one.clicked),
            number(one.converted), percent(one.rate), number(one.unsubscribed), number(one.complained),
            number(round(one.sums.mean, 2)),
        )
        for one in every
    ]  # fmt: skip


def _uncounted():
    return _("not counted: what they cost is said in %(currency)s") % {"currency": settings.COMPANY_CURRENCY}


def _money_facts(results, currency):
    kept = results.money
    shown = lambda value: money(value, currency) if value is not None else _("cannot be said: nobody was held out")  # noqa: E731
    return [
        (_("Came in because of it"), shown(kept.incremental)),
        (_("Margin of that"), shown(kept.margin)),
        (_("Messages"), money(kept.messages, currency)),
        (_("Other costs"), money(kept.fixed, currency)),
        (_("Incentives"), money(kept.incentives, currency)),
        (_("Expected loss"), money(kept.loss, currency)),
        (_("Complaints"), _uncounted() if kept.complaints is None else money(kept.complaints, currency)),
        (_("Abuse"), money(kept.abuse, currency)),
        (_("Left over, after risk"), shown(kept.net)),
        (_("Return, after risk"), percent(kept.roi) if kept.roi is not None else "–"),
        (_("Cost of one acquired customer"), shown(kept.cac) if kept.cac else "–"),
    ]


@require_safe
@login_required
@permission_required("marketing.view_campaign", raise_exception=True)
def pressure_report(request):
    """How many messages customers got in 30 days, and how those answered who got so many."""
    at = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(statement("pressure"), {"at": at})
        rows = cursor.fetchall()
    share = lambda part, whole: round(part / whole * 100, 2) if whole else None  # noqa: E731
    named = [f"{messages}+" if messages == 10 else str(messages) for messages, *_rest in rows]
    context = {
        "crumbs": [(_("Pressure"), "")],
        "rows": [
            (name, number(customers), number(answered), percent(answered / customers), number(gone),
             percent(gone / customers), number(complained))
            for name, (_n, customers, answered, gone, complained) in zip(named, rows, strict=True)
        ],
        "chart": Chart(
            title=_("Answers by number of messages in 30 days"), kind="line", unit="%", as_of=at, x=named, places=2,
            series={
                _("Opened or clicked"): [share(row[2], row[1]) for row in rows],
                _("Unsubscribed"): [share(row[3], row[1]) for row in rows],
            },
        ),
    }  # fmt: skip
    return render(request, "marketing/pressure_report.html", context)
