"""What stands over every page of a risk: its header, figures, acts and tabs."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from risk.models import Risk, RiskStatus
from risk.panels import tabs_of
from risk.services.register import matrix_in_force
from risk.views.acts import act


def visible_risk(request, reference):
    """The risk, or 404 for one that is not there or outside the reader's lines: the two look the same."""
    seen = Risk.objects.visible_to(request.user).select_related(
        "line", "owner", "inherent__matrix", "residual__matrix", "target__matrix"
    )
    return get_object_or_404(seen, reference=reference.upper())


def risk_url(risk):
    return reverse("risk:risk_detail", args=[risk.reference])


def frame(request, risk, tab):
    """The context of `risk/risk_frame.html`."""
    today = timezone.localdate()
    return {
        "risk": risk,
        "actions": _actions(request.user, risk),
        "tabs": tabs_of(request.user, risk, tab),
        "judgements": [
            (_("Inherent"), risk.inherent),
            (_("Residual"), risk.residual),
            *([(_("Target"), risk.target)] if risk.target else []),
        ],
        "matrix": matrix_in_force(today),
        "reassessments": risk.reassessments.filter(rating__isnull=True),
        "is_overdue": Risk.objects.overdue(today).filter(pk=risk.pk).exists(),
    }


def _actions(user, risk):
    closed = _("The risk is closed: open it again first.") if risk.status == RiskStatus.CLOSED else ""
    to = lambda name: reverse(f"risk:risk_{name}", args=[risk.reference])  # noqa: E731
    last = (
        act(user, "risk.change_risk", _("Reopen"), to("reopen"), "refresh")
        if closed
        else act(user, "risk.change_risk", _("Close"), to("close"), "archive")
    )
    return [
        act(user, "risk.rate_risk", _("Rate"), to("rate"), "gauge", hurdle=closed, primary=True),
        act(user, "risk.review_risk", _("Record review"), to("review"), "clipboard-check", hurdle=closed),
        act(user, "risk.change_risk", _("Edit"), to("edit"), "edit", hurdle=closed),
        last,
    ]
