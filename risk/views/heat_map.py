from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from pages.formats import number
from risk.filters.heat_map import HeatMapFilter
from risk.formats import scale_labels
from risk.models import RatingKind, Risk, RiskLevel
from risk.services.moves import ratings_on
from risk.services.register import matrix_in_force


@dataclass(frozen=True)
class Cell:
    """One place of the heat map: how many open risks stand there (`value`), its score (`note`), where they are
    listed."""

    value: int
    note: int
    level: str
    label: str
    url: str


@require_safe
@login_required
@permission_required("risk.view_risk", raise_exception=True)
def heat_map(request):
    """Open risks by likelihood and impact under the matrix in force; those rated under another stand apart."""
    asked = request.GET.get("rating")
    kind = asked if asked in RatingKind.values else RatingKind.RESIDUAL.value
    on, today = _day(request), timezone.localdate()
    seen = Risk.objects.visible_to(request.user)
    filterset = HeatMapFilter(request.GET, queryset=seen.open() if on == today else seen, request=request)
    if on != today:
        return _past(request, filterset, kind, on)
    matrix, risks = matrix_in_force(today), filterset.qs
    chosen = [(name, value) for name in ("risk_class", "line") for value in request.GET.getlist(name) if value]
    rows = _rows(risks, kind, matrix, chosen)
    return render(
        request,
        "risk/heat_map.html",
        {
            "filter": filterset,
            "matrix": matrix,
            "kind_label": RatingKind(kind).label,
            "on": on,
            "today": today,
            "kind": kind,
            "rows": rows,
            "impacts": scale_labels(matrix)[1],
            "kinds": _kinds(kind, chosen),
            "legend": [(level, f"{level.label}: {number(_count(rows, level))}") for level in RiskLevel],
            "total": sum(cell.value for _word, cells in rows for cell in cells),
            "others": _others(risks, kind, matrix, chosen),
            "unrated": risks.filter(**{f"{kind}__isnull": True}).count(),
        },
    )


def _day(request):
    """The day that the map is asked for: today, or one before. What is no day, or is to come, is today."""
    today = timezone.localdate()
    try:
        asked = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return today
    return asked if date(1990, 1, 1) <= asked < today else today


def _past(request, filterset, kind, on):
    """The map at the end of a day: ratings of then, of risks open then, under the matrix of then. A cell opens the risks that stood there."""
    matrix, ratings = matrix_in_force(on), ratings_on(filterset.qs, kind, on)
    grouped = ratings.filter(matrix=matrix).values_list("likelihood", "impact").annotate(count=Count("pk")).order_by()
    counts = {(likelihood, impact): count for likelihood, impact, count in grouped}
    chosen = [(name, value) for name in ("risk_class", "line", "on") for value in request.GET.getlist(name) if value]
    standing = [("stood_on" if name == "on" else name, value) for name, value in chosen]
    rows = _map(counts, kind, matrix, standing)
    context = {
        "filter": filterset,
        "matrix": matrix,
        "kind_label": RatingKind(kind).label,
        "on": on,
        "today": timezone.localdate(),
        "kind": kind,
        "rows": rows,
        "impacts": scale_labels(matrix)[1],
        "kinds": _kinds(kind, chosen),
        "legend": [(level, f"{level.label}: {number(_count(rows, level))}") for level in RiskLevel],
        "total": sum(counts.values()),
    }
    return render(request, "risk/heat_map.html", context)


def _kinds(kind, chosen):
    """The two maps as tabs: value, word, address, whether it is the one shown."""
    return [
        (value, label, f"?{urlencode([('rating', value), *chosen])}", value == kind)
        for value, label in RatingKind.choices
    ]


def _count(rows, level):
    return sum(cell.value for _word, cells in rows for cell in cells if cell.level == level)


def _rows(risks, kind, matrix, chosen):
    """Rows from the likeliest down, each with its word and its cells."""
    rated = risks.filter(**{f"{kind}__matrix": matrix}).values_list(f"{kind}__likelihood", f"{kind}__impact")
    counts = {(likelihood, impact): count for likelihood, impact, count in rated.annotate(count=Count("pk")).order_by()}
    return _map(counts, kind, matrix, chosen)


def _map(counts, kind, matrix, chosen):
    likelihoods, impacts = scale_labels(matrix)
    cells = {(cell.likelihood, cell.impact): cell for cell in matrix.cells.all()}
    return [
        (
            word,
            [
                _cell(counts, cells[likelihood, impact], kind, word, impacts[impact - 1], chosen)
                for impact in range(1, matrix.highest[1] + 1)
            ],
        )
        for likelihood, word in reversed(list(enumerate(likelihoods, 1)))
    ]


def _cell(counts, cell, kind, likelihood, impact, chosen):
    count = counts.get((cell.likelihood, cell.impact), 0)
    label = ngettext(
        "%(count)s risk: %(likelihood)s × %(impact)s, score %(score)s, %(level)s",
        "%(count)s risks: %(likelihood)s × %(impact)s, score %(score)s, %(level)s",
        count,
    ) % {
        "count": number(count),
        "likelihood": likelihood,
        "impact": impact,
        "score": cell.score,
        "level": cell.get_level_display(),
    }
    place = [("rating", kind), ("likelihood", cell.likelihood), ("impact", cell.impact)]
    is_past = any(name == "stood_on" for name, _value in chosen)
    query = [*place, *chosen] if is_past else [("status", "open"), *place, ("outdated", "false"), *chosen]
    return Cell(count, cell.score, cell.level, label, f"{reverse('risk:risk_list')}?{urlencode(query)}")


def _others(risks, kind, matrix, chosen):
    """One sentence and address for each matrix version that open risks are still rated under."""
    old = (
        risks.filter(**{f"{kind}__isnull": False})
        .exclude(**{f"{kind}__matrix": matrix})
        .values_list(f"{kind}__matrix__version")
    )
    query = urlencode([("status", "open"), ("rating", kind), ("outdated", "true"), *chosen])
    url = f"{reverse('risk:risk_list')}?{query}"
    return [(_rated_under(version, count), url) for version, count in old.annotate(count=Count("pk")).order_by()]


def _rated_under(version, count):
    sentence = ngettext(
        "%(count)s risk is rated under version %(version)s",
        "%(count)s risks are rated under version %(version)s",
        count,
    )
    return sentence % {"count": number(count), "version": version}
