"""Assessments of risks: begun with the methods that fit, judged, decided by the owner, approved by somebody else."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment.models import Assessment, AssessmentState, Method
from assessment.rules.mixes import checked_methods
from assessment.services.carrying import carry_decisions, newest_judged
from assessment.services.data import data_of
from assessment.services.drafts import check_may_judge, locked_assessment, locked_draft, not_now
from assessment.services.mixes import mix_for
from assessment.services.results import judge_by_data
from assessment.services.stock import facts_of, write_layers
from audit.services import name_act
from risk.models import Risk, RiskStatus
from risk.services.register import matrix_in_force
from staff.models import User


@transaction.atomic
def begin_assessment(
    *, actor: User, risk_id: int, novelty: str, at: datetime, methods: Sequence[str] = (), departure: str = ""
) -> Assessment:
    """Begin to judge an open risk under the matrix in force. Methods are proposed from how much data there is and how
    new the risk is; choosing others needs a `departure` that says why. What was decided before is taken over, stock is
    taken of the controls, and what data says is worked out at once where data is among the methods."""
    risk = _locked_risk(actor, risk_id)
    day = timezone.localdate(at)
    level = data_of(risk, day).level
    rule = mix_for(data=level, novelty=novelty, at=day)
    chosen = _chosen(methods, rule.methods, departure)
    assessment = Assessment(
        risk=risk, matrix=matrix_in_force(day), novelty=novelty, data=level, facts=facts_of(risk),
        proposed=rule.methods, methods=chosen, mix_why=rule.why, departure=departure.strip(),
        previous=newest_judged(risk), begun_by=actor, begun_at=at,
    )  # fmt: skip
    assessment.full_clean(exclude=["reference"])
    name_act("assessment.assessment.begun")
    assessment.save()
    assessment.refresh_from_db(fields=["reference"])
    write_layers(assessment)
    carry_decisions(assessment)
    if Method.DATA in chosen:
        judge_by_data(actor=actor, assessment_id=assessment.pk, at=at)
    return assessment


def _chosen(methods: Sequence[str], proposed: list[str], departure: str) -> list[str]:
    try:
        chosen = checked_methods(list(methods or proposed))
    except ValueError:
        raise ValidationError({"methods": _("Choose one method or more.")}) from None
    if set(chosen) != set(proposed) and not departure.strip():
        raise ValidationError({"departure": _("Say why other methods than the proposed ones are used.")})
    return chosen


def _locked_risk(actor: User, risk_id: int) -> Risk:
    risk = Risk.objects.select_for_update(of=["self"]).select_related("subclass").get(pk=risk_id)
    check_may_judge(actor, risk)
    if risk.status != RiskStatus.OPEN:
        raise ValidationError(_("%(reference)s is closed: open it again first.") % {"reference": risk.reference})
    if open_one := Assessment.objects.open().filter(risk=risk).first():
        raise ValidationError(
            _("%(assessment)s of this risk is open already: go on with it, or withdraw it.")
            % {"assessment": open_one.reference}
        )
    return risk


@transaction.atomic
def take_stock(*, actor: User, assessment_id: int, at: datetime) -> Assessment:
    """Take stock anew of the risk and its controls, and work out again what data says. Where another matrix has come into
    force, results and decisions under the old one are removed: they are places of another scale. Which methods are used,
    and why, stays as it was when the assessment began."""
    assessment = locked_draft(actor, assessment_id)
    name_act("assessment.assessment.stock_taken")
    if (matrix := matrix_in_force(timezone.localdate(at))) != assessment.matrix:
        assessment.results.all().delete()
        assessment.decisions.all().delete()
        assessment.matrix = matrix
    assessment.facts = facts_of(assessment.risk)
    assessment.save(update_fields=["matrix", "facts"])
    write_layers(assessment)
    if Method.DATA in assessment.methods:
        judge_by_data(actor=actor, assessment_id=assessment.pk, at=at)
    return assessment


@transaction.atomic
def withdraw_assessment(*, actor: User, assessment_id: int, reason: str, at: datetime) -> Assessment:
    """End an open assessment without a result, for a stated reason."""
    assessment = locked_assessment(assessment_id)
    check_may_judge(actor, assessment.risk)
    if not assessment.is_open:
        raise ValidationError(not_now(assessment))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is withdrawn.")})
    name_act("assessment.assessment.withdrawn", reason=reason)
    assessment.state, assessment.ended_at, assessment.note = AssessmentState.WITHDRAWN, at, reason.strip()
    assessment.save(update_fields=["state", "ended_at", "note"])
    return assessment


def assessment_url(assessment: Assessment) -> str:
    return reverse("assessment:assessment_detail", args=[assessment.reference])
