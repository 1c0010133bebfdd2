"""Risks proposed from what this room keeps: incidents, losses and cases."""

from django.contrib.auth.decorators import login_required, permission_required
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incidents.views.cases import visible_case
from incidents.views.incidents import incident_url, visible_incident
from incidents.views.losses import loss_url, visible_loss
from risk.models import ProposalSource, RiskClass
from risk.views.proposals import proposing


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.view_incident", raise_exception=True)
def incident_propose(request, reference):
    incident = visible_incident(request, reference)
    place = (_("Incidents"), reverse("incidents:incident_list"))
    return _propose(
        request, ProposalSource.INCIDENT, incident, incident_url(incident), place, causes=incident.root_cause
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.view_lossevent", raise_exception=True)
def loss_propose(request, reference):
    loss = visible_loss(request, reference)
    place = (_("Losses"), reverse("incidents:loss_list"))
    return _propose(request, ProposalSource.LOSS, loss, loss_url(loss), place)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.view_case", raise_exception=True)
def case_propose(request, reference):
    case = visible_case(request, reference)
    place, url = (_("Cases"), reverse("incidents:case_list")), reverse("incidents:case_detail", args=[case.reference])
    return _propose(request, ProposalSource.CASE, case, url, place, causes=case.root_cause)


def _propose(request, source, row, url, place, **known):
    """The form, filled with what the row says; what it is called is also what may happen again."""
    return proposing(
        request,
        source=source,
        source_key=f"{source}:{row.pk}",
        url=url,
        source_title=str(row),
        initial={"title": row.title, "description": row.text, "risk_class": RiskClass.OPERATIONAL, **known},
        line_id=row.line_id,
        then=url,
        crumbs=[place, (row.reference, url)],
    )
