from datetime import timedelta

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pages.columns import opens
from risk.forms.scales import MovedForm
from risk.models import RatingKind, Risk
from risk.scales_columns import REASONS, move_columns
from risk.services.moves import counted, moves_between

SHOWN = 200
DAYS = 30


@require_safe
@login_required
@permission_required("risk.view_risk", raise_exception=True)
def map_moved(request):
    """Why the heat map moved between two days: each risk that stands elsewhere, with what moved it."""
    asked = request.GET.get("rating")
    kind = asked if asked in RatingKind.values else RatingKind.RESIDUAL.value
    today = timezone.localdate()
    first = {"first": today - timedelta(days=DAYS), "last": today}
    form = MovedForm(request.GET if "first" in request.GET else first)
    moves = _moves(request.user, kind, form) if form.is_valid() else []
    context = {
        "form": form,
        "kind": kind,
        "kind_label": RatingKind(kind).label,
        "reasons": [(REASONS[reason], count) for reason, count in counted(moves)],
        "columns": move_columns(),
        "rows": moves[:SHOWN],
        "total": len(moves),
        "more": max(0, len(moves) - SHOWN),
        "row_url": opens(lambda move: f"/risk/register/{move.reference}/"),
        "crumbs": [(_("Heat map"), reverse("risk:heat_map")), (_("Why the map moved"), "")],
    }
    return render(request, "risk/map_moved.html", context, status=200 if form.is_valid() else 422)


def _moves(user, kind, form):
    seen = Risk.objects.visible_to(user)
    return moves_between(seen, kind, form.cleaned_data["first"], form.cleaned_data["last"])
