from django.contrib.auth.decorators import login_required, permission_required
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from risk.models import ProposalSource, RiskClass
from risk.views.proposals import proposing
from service.complaint_columns import complaint_url
from service.views.complaints import crumbs_of, visible_complaint


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.view_complaint", raise_exception=True)
def complaint_propose(request, reference):
    """Propose a risk that a complaint shows. What the customer said stays with the complaint: the form takes none of it."""
    complaint = visible_complaint(request, reference)
    url, cause = complaint_url(complaint), complaint.get_cause_display() if complaint.cause else ""
    return proposing(
        request,
        source=ProposalSource.COMPLAINT,
        source_key=f"complaint:{complaint.pk}",
        url=url,
        source_title=_("Complaint %(reference)s") % {"reference": complaint.ticket.reference},
        initial={"risk_class": RiskClass.OPERATIONAL, "causes": cause},
        line_id=complaint.ticket.line or None,
        then=url,
        crumbs=crumbs_of(complaint),
    )
