"""Assessments on which something may still be done, locked, and who may judge a risk."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from assessment.models import Assessment, AssessmentState
from risk.models import Risk
from staff.models import User


def hurdle_to_judging(actor: User, risk: Risk) -> str:
    """Return why somebody may not judge a risk, or nothing: the risk office judges all, others what they own."""
    if actor.has_perm("risk.rate_risk") or risk.owner_id == actor.pk and actor.has_perm("assessment.add_assessment"):
        return ""
    return _("The owner of the risk and the risk office judge it.")


def check_may_judge(actor: User, risk: Risk) -> None:
    if not Risk.objects.visible_to(actor).filter(pk=risk.pk).exists():
        raise PermissionDenied(_("This risk is outside your scope."))
    if hurdle := hurdle_to_judging(actor, risk):
        raise PermissionDenied(hurdle)


def locked_draft(actor: User, assessment_id: int) -> Assessment:
    """Return an assessment that is being judged, locked; ValidationError for one that is decided or has ended."""
    assessment = locked_assessment(assessment_id)
    check_may_judge(actor, assessment.risk)
    if assessment.state != AssessmentState.DRAFT:
        raise ValidationError(not_now(assessment))
    return assessment


def locked_assessment(assessment_id: int) -> Assessment:
    found = Assessment.objects.select_for_update(of=["self"]).select_related("risk__subclass", "matrix")
    return found.get(pk=assessment_id)


def not_now(assessment: Assessment) -> str:
    return _("%(assessment)s is in the state “%(state)s”: this is not possible any more, or not yet.") % {
        "assessment": assessment.reference,
        "state": assessment.get_state_display(),
    }


def locked_decided(assessment_id: int) -> Assessment:
    """Return an assessment that waits for approval, locked; ValidationError for any other."""
    assessment = locked_assessment(assessment_id)
    if assessment.state != AssessmentState.DECIDED:
        raise ValidationError(not_now(assessment))
    return assessment
