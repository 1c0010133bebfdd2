"""The owner decides what a risk amounts to and says why; somebody else approves exactly that."""

import hmac
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment.models import AssessedRating, Assessment, AssessmentState, Method, MethodResult
from assessment.services.assessments import assessment_url
from assessment.services.carrying import changes_since
from assessment.services.contents import hash_of
from assessment.services.drafts import locked_decided, locked_draft
from assessment.services.stock import has_moved
from audit.services import name_act
from risk.models import RatingBasis, RatingKind, Risk, RiskMatrix
from risk.rules.ratings import Judgement, judge, may_remain
from risk.services.reassessments import force_reassessment
from risk.services.register import cells_of, matrix_in_force, next_review, rate_risk
from risk.services.scope import is_in_scope
from staff.checkers import holders_of
from staff.models import NotificationKind, User
from staff.services.notifications import notify

ORDER = [RatingKind.INHERENT, RatingKind.RESIDUAL, RatingKind.TARGET]
BASIS = {
    Method.DATA: RatingBasis.DATA,
    Method.MODEL: RatingBasis.MODEL,
    Method.EXPERT: RatingBasis.EXPERT,
    Method.SCENARIO: RatingBasis.EXPERT,
}


def hurdle_to_deciding(actor: User, risk: Risk) -> str:
    """Return why somebody may not decide about a risk, or nothing: its owner does; the risk office where it has none."""
    if risk.owner_id is None:
        return "" if actor.has_perm("risk.rate_risk") else _("The risk has no owner: the risk office decides.")
    if risk.owner_id != actor.pk:
        return _("%(owner)s owns this risk and decides.") % {"owner": risk.owner}
    return "" if actor.has_perm("assessment.decide_assessment") else _("Your role does not allow this.")


@transaction.atomic
def decide_rating(
    *, actor: User, assessment_id: int, kind: str, likelihood: int, impact: int, reason: str, at: datetime
) -> AssessedRating:
    """Decide what the risk amounts to before controls, after them, or where it should come to, and why. It rests on the
    method whose answer it is, else on the decision alone."""
    assessment = _decidable(actor, assessment_id)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is rated so.")})
    found = _judged(assessment.matrix, likelihood, impact)
    _check_order(assessment, kind, found)
    basis, version = _rests_on(assessment, kind, likelihood, impact)
    name_act("assessment.rating.decided", reason=reason)
    decision, _new = AssessedRating.objects.update_or_create(
        assessment=assessment,
        kind=kind,
        defaults={
            "likelihood": likelihood,
            "impact": impact,
            "score": found.score,
            "level": found.level,
            "basis": basis,
            "model_version": version,
            "reason": reason.strip(),
            "carried": False,
        },
    )
    return decision


def _decidable(actor: User, assessment_id: int) -> Assessment:
    assessment = locked_draft(actor, assessment_id)
    if hurdle := hurdle_to_deciding(actor, assessment.risk):
        raise PermissionDenied(hurdle)
    return assessment


def _judged(matrix: RiskMatrix, likelihood: int, impact: int) -> Judgement:
    try:
        return judge(cells_of(matrix), likelihood=likelihood, impact=impact)
    except ValueError as error:
        raise ValidationError({"place": _("Choose a place in the matrix.")}) from error


def _check_order(assessment: Assessment, kind: str, found: Judgement) -> None:
    inherent = assessment.decisions.filter(kind=RatingKind.INHERENT).first()
    if kind == RatingKind.INHERENT:
        return
    if inherent is None:
        raise ValidationError(_("Decide first what the risk amounts to before controls."))
    if not may_remain(found, inherent=Judgement(inherent.score, inherent.level)):
        raise ValidationError(
            {"place": _("This lies above the inherent rating, but controls never make a risk graver.")}
        )


def _rests_on(assessment: Assessment, kind: str, likelihood: int, impact: int) -> tuple[str, str]:
    said = {one.method: one for one in MethodResult.objects.filter(assessment=assessment, kind=kind)}
    for method, basis in BASIS.items():
        one = said.get(method)
        if one and (one.likelihood, one.impact) == (likelihood, impact):
            return basis, one.model_version
    return RatingBasis.DECISION, ""


@transaction.atomic
def submit_assessment(*, actor: User, assessment_id: int, at: datetime) -> Assessment:
    """Send what was decided to be approved: from now on it does not change, and its hash says what it is."""
    assessment = _decidable(actor, assessment_id)
    _check_whole(assessment, at)
    name_act("assessment.assessment.decided")
    assessment.state, assessment.decided_by, assessment.decided_at = AssessmentState.DECIDED, actor, at
    assessment.content_hash = hash_of(assessment)
    assessment.save(update_fields=["state", "decided_by", "decided_at", "content_hash"])
    _tell_approvers(assessment, at)
    return assessment


def _check_whole(assessment: Assessment, at: datetime) -> None:
    if matrix_in_force(timezone.localdate(at)) != assessment.matrix:
        raise ValidationError(_("Another matrix has come into force: take stock again, and decide under it."))
    if has_moved(assessment):
        raise ValidationError(_("The risk or its controls have changed: take stock again first."))
    kinds = {one.kind: one for one in assessment.decisions.all()}
    for kind in (RatingKind.INHERENT, RatingKind.RESIDUAL):
        if kind not in kinds:
            raise ValidationError(_("Still to be decided: %(kind)s.") % {"kind": kind.label})
    inherent = Judgement(kinds["inherent"].score, kinds["inherent"].level)
    if any(not may_remain(Judgement(one.score, one.level), inherent=inherent) for one in kinds.values()):
        raise ValidationError(_("A rating lies above the inherent one, but controls never make a risk graver."))
    if silent := [one for one in assessment.methods if not assessment.results.filter(method=one).exists()]:
        names = ", ".join(str(Method(one).label) for one in silent)
        raise ValidationError(_("These methods have said nothing yet: %(methods)s.") % {"methods": names})
    if any(one.carried for one in kinds.values()) and changes_since(assessment):
        raise ValidationError(_("Something has changed since the assessment before: decide anew what was taken over."))


def _tell_approvers(assessment: Assessment, at: datetime) -> None:
    others = holders_of("assessment.approve_assessment").exclude(
        pk__in=[assessment.decided_by_id, assessment.risk.owner_id]
    )
    people = [user for user in others.order_by("pk") if is_in_scope(user, assessment.risk.line_id)]
    notify(
        users=people,
        kind=NotificationKind.REVIEW,
        key=f"assessment:{assessment.pk}:{assessment.content_hash}",
        title=lambda: _("%(assessment)s waits for approval") % {"assessment": assessment.reference},
        body=assessment.risk.title,
        url=assessment_url(assessment),
        at=at,
    )


def hurdle_to_approving(actor: User, assessment: Assessment) -> str:
    """Return why somebody may not approve an assessment, or nothing: neither whoever decided nor the risk's owner does."""
    if not actor.has_perm("assessment.approve_assessment"):
        return _("Your role does not allow this.")
    if not is_in_scope(actor, assessment.risk.line_id):
        return _("This risk is outside your scope.")
    if actor.pk in (assessment.decided_by_id, assessment.risk.owner_id):
        return _("Somebody else approves: you decided it, or own the risk.")
    return ""


@transaction.atomic
def approve_assessment(*, actor: User, assessment_id: int, content_hash: str, at: datetime) -> Assessment:
    """Approve exactly what `content_hash` names: its ratings become the register's, the one approved before is replaced,
    and the next assessment is due by the tier of the residual rating."""
    assessment = locked_decided(assessment_id)
    if hurdle := hurdle_to_approving(actor, assessment):
        raise PermissionDenied(hurdle)
    risk = Risk.objects.select_for_update(of=["self"]).get(pk=assessment.risk_id)
    _check_same(assessment, content_hash, at)
    name_act("assessment.assessment.approved")
    Assessment.objects.filter(risk=risk, state=AssessmentState.APPROVED).update(
        state=AssessmentState.REPLACED, ended_at=at
    )
    _rate(assessment, assessment.decided_by or actor, at)
    assessment.state, assessment.approved_by, assessment.approved_at = AssessmentState.APPROVED, actor, at
    assessment.save(update_fields=["state", "approved_by", "approved_at"])
    risk.refresh_from_db()
    risk.review_on = next_review(risk, timezone.localdate(at))
    risk.save(update_fields=["review_on"])
    return assessment


def _check_same(assessment: Assessment, content_hash: str, at: datetime) -> None:
    now = hash_of(assessment)
    if not hmac.compare_digest(now.encode(), content_hash.encode()) or now != assessment.content_hash:
        raise ValidationError(_("This is not what you were shown: look at it again before you approve."))
    if has_moved(assessment) or matrix_in_force(timezone.localdate(at)) != assessment.matrix:
        raise ValidationError(_("The risk, its controls or the matrix have changed since: send it back."))


def _rate(assessment: Assessment, decider: User, at: datetime) -> None:
    decisions = {one.kind: one for one in assessment.decisions.all()}
    for kind in ORDER:
        if one := decisions.get(kind):
            one.rating = rate_risk(
                actor=decider, risk_id=assessment.risk_id, kind=kind, likelihood=one.likelihood,
                impact=one.impact, at=at, basis=one.basis, model_version=one.model_version,
                reason=f"{assessment.reference}: {one.reason}",
            )  # fmt: skip
            one.save(update_fields=["rating"])


@transaction.atomic
def send_back(*, actor: User, assessment_id: int, reason: str, at: datetime) -> Assessment:
    """Give a decided assessment back to be judged further, by whoever may approve it, for a stated reason."""
    assessment = locked_decided(assessment_id)
    if hurdle := hurdle_to_approving(actor, assessment):
        raise PermissionDenied(hurdle)
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is missing.")})
    name_act("assessment.assessment.sent_back", reason=reason)
    decider = assessment.decided_by
    assessment.state, assessment.note, assessment.content_hash = AssessmentState.DRAFT, reason.strip(), ""
    assessment.decided_by = assessment.decided_at = None
    assessment.save(update_fields=["state", "note", "content_hash", "decided_by", "decided_at"])
    notify(
        users=[decider] if decider else [],
        kind=NotificationKind.REVIEW,
        key=f"assessment-back:{assessment.pk}:{at.isoformat()}",
        title=lambda: _("%(assessment)s was sent back") % {"assessment": assessment.reference},
        body=reason.strip()[:200],
        url=assessment_url(assessment),
        at=at,
    )
    return assessment


@transaction.atomic
def watch_assessments(*, business_date) -> int:
    """Ask for a new judgement of every risk whose approval was voided, and of those whose period by tier is over;
    return how many. A second run asks for nothing again."""
    at = timezone.now()
    void = Assessment.objects.filter(state=AssessmentState.VOID, risk__status="open").select_related("risk")
    due = Assessment.objects.due(business_date).select_related("risk")
    asked = 0
    for one in [*void.exclude(risk__in=_judged_since()).order_by("pk"), *due.order_by("pk")]:
        asked += _ask_anew(one, at)
    return asked


def _judged_since():
    """Risks with an assessment that holds or is being made: nobody needs to be asked for another."""
    return Assessment.objects.filter(state__in=["approved", "draft", "decided"]).values("risk")


def _ask_anew(assessment: Assessment, at: datetime) -> int:
    is_void = assessment.state == AssessmentState.VOID
    key = f"assessment:{assessment.pk}:{'void' if is_void else assessment.risk.review_on}"
    if assessment.risk.reassessments.filter(cause_key=key).exists():
        return 0
    cause = assessment.get_void_because_display() if is_void else _("Its period of assessment is over.")
    force_reassessment(
        actor=None, risk=assessment.risk, cause_key=key, cause=str(cause),
        url=reverse("assessment:assessment_detail", args=[assessment.reference]), at=at,
    )  # fmt: skip
    return 1
