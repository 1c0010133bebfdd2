"""The risk register: risks are recorded, rated, reviewed, closed and opened again; every act is named, and its reason
kept."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from risk.models import (
    Cause,
    Consequence,
    RatingBasis,
    RatingKind,
    Risk,
    RiskMatrix,
    RiskRating,
    RiskReview,
    RiskStatus,
    RiskSubclass,
    TierRule,
)
from risk.rules.ratings import Judgement, Place, judge, may_remain
from risk.services.reassessments import answer_reassessments
from risk.services.scope import check_line
from staff.models import User

KINDS = ("cause_kinds", "consequence_kinds")
CHANGEABLE = (
    "title",
    "risk_class",
    "description",
    "causes",
    "consequences",
    "line_id",
    "owner",
    "review_on",
    "subclass",
    *KINDS,
)


@transaction.atomic
def record_risk(
    *,
    actor: User,
    at: datetime,
    title: str,
    risk_class: str,
    line_id: str | None = None,
    description: str = "",
    causes: str = "",
    consequences: str = "",
    owner: User | None = None,
    review_on: date | None = None,
    subclass: RiskSubclass | None = None,
    cause_kinds: Iterable[Cause] = (),
    consequence_kinds: Iterable[Consequence] = (),
) -> Risk:
    """Add a risk to the register, open and unrated. Its line (None is the whole company) must be in the actor's
    scope."""
    check_line(actor, line_id)
    risk = Risk(
        title=title,
        risk_class=risk_class,
        line_id=line_id,
        description=description,
        causes=causes,
        consequences=consequences,
        owner=owner,
        review_on=review_on,
        subclass=subclass,
        created_at=at,
    )
    _check_subclass(risk)
    risk.full_clean(exclude=["reference"])
    name_act("risk.risk.recorded")
    risk.save()
    risk.cause_kinds.set(cause_kinds)
    risk.consequence_kinds.set(consequence_kinds)
    return risk


@transaction.atomic
def change_risk(*, actor: User, risk_id: int, changes: dict[str, Any]) -> Risk:
    """Change what is written about an open risk; `changes` maps names in CHANGEABLE to new values."""
    risk = _locked(risk_id, RiskStatus.OPEN)
    if unknown := changes.keys() - set(CHANGEABLE):
        raise ValidationError(_("These cannot be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    if "line_id" in changes:
        check_line(actor, changes["line_id"])
    kinds = {name: changes[name] for name in KINDS if name in changes}
    changes = {name: value for name, value in changes.items() if name not in KINDS}
    for name, value in changes.items():
        setattr(risk, name, value)
    _check_subclass(risk)
    risk.full_clean(exclude=["reference"])
    name_act("risk.risk.changed")
    risk.save(update_fields=[*changes])
    for name, chosen in kinds.items():
        getattr(risk, name).set(chosen)
    return risk


def next_review(risk: Risk, at: date) -> date:
    """Return the day that the rule of its tier proposes for the next review; a quarter on where no rule says one."""
    rule = TierRule.objects.in_force(at).filter(level=risk.residual.level).first() if risk.residual else None
    return at + timedelta(days=rule.review_days if rule else 90)


@transaction.atomic
def rate_risk(
    *,
    actor: User,
    risk_id: int,
    kind: str,
    likelihood: int,
    impact: int,
    reason: str,
    at: datetime,
    basis: str = RatingBasis.EXPERT,
    model_version: str = "",
) -> RiskRating:
    """Add a rating to an open risk under the matrix in force at `at`, and make it the one in force of its kind.

    Raises ValidationError for a place outside the matrix, a residual or target above the inherent rating of the same
    matrix version, a missing reason, and a rating by a model that does not say which version.
    """
    risk = _locked(risk_id, RiskStatus.OPEN)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is rated so.")})
    if basis == RatingBasis.MODEL and not model_version.strip():
        raise ValidationError(_("Name the version of the model that rated it."))
    matrix = matrix_in_force(timezone.localdate(at))
    found = _judge(matrix, likelihood, impact)
    if kind != RatingKind.INHERENT:
        _check_residual(risk, matrix, found)
    name_act("risk.risk.rated", reason=reason)
    rating = RiskRating.objects.create(
        risk=risk,
        kind=kind,
        matrix=matrix,
        likelihood=likelihood,
        impact=impact,
        score=found.score,
        level=found.level,
        basis=basis,
        model_version=model_version.strip(),
        reason=reason.strip(),
        rated_by=actor,
        rated_at=at,
    )
    setattr(risk, RatingKind(kind).value, rating)
    risk.save(update_fields=[RatingKind(kind).value])
    answer_reassessments(rating)
    return rating


@transaction.atomic
def review_risk(*, actor: User, risk_id: int, conclusion: str, next_on: date, at: datetime) -> RiskReview:
    """Record what a look at an open risk concluded; the next look is due on `next_on`, a day ahead."""
    risk = _locked(risk_id, RiskStatus.OPEN)
    if not conclusion.strip():
        raise ValidationError({"conclusion": _("Write what the review concluded.")})
    if next_on <= timezone.localdate(at):
        raise ValidationError({"next_on": _("The next review lies ahead: choose a day after today.")})
    name_act("risk.risk.reviewed", reason=conclusion)
    review = RiskReview.objects.create(
        risk=risk, reviewed_at=at, reviewed_by=actor, conclusion=conclusion.strip(), next_on=next_on
    )
    risk.review_on = next_on
    risk.save(update_fields=["review_on"])
    return review


@transaction.atomic
def close_risk(*, actor: User, risk_id: int, reason: str) -> Risk:
    """Close an open risk for a stated reason; its ratings and reviews stay."""
    risk = _locked(risk_id, RiskStatus.OPEN)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the risk is closed.")})
    name_act("risk.risk.closed", reason=reason)
    risk.status, risk.closing_reason, risk.closed_at = RiskStatus.CLOSED, reason.strip(), timezone.now()
    risk.save(update_fields=["status", "closing_reason", "closed_at"])
    return risk


@transaction.atomic
def reopen_risk(*, actor: User, risk_id: int, reason: str) -> Risk:
    """Open a closed risk again for a stated reason, which the log keeps."""
    risk = _locked(risk_id, RiskStatus.CLOSED)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the risk is opened again.")})
    name_act("risk.risk.reopened", reason=reason)
    risk.status, risk.closing_reason, risk.closed_at = RiskStatus.OPEN, "", None
    risk.save(update_fields=["status", "closing_reason", "closed_at"])
    return risk


def matrix_in_force(at: date) -> RiskMatrix:
    """Return the matrix that ratings are made under on `at`; ValidationError where none is in force yet."""
    matrix = RiskMatrix.objects.in_force(at).first()
    if matrix is None:
        raise ValidationError(_("No risk matrix is in force on %(day)s.") % {"day": at})
    return matrix


def cells_of(matrix: RiskMatrix) -> dict[Place, Judgement]:
    """Return a matrix as the rules read it: (likelihood, impact) → score and level."""
    return {(cell.likelihood, cell.impact): Judgement(cell.score, cell.level) for cell in matrix.cells.all()}


def _judge(matrix: RiskMatrix, likelihood: int, impact: int) -> Judgement:
    try:
        return judge(cells_of(matrix), likelihood=likelihood, impact=impact)
    except ValueError as error:
        raise ValidationError(
            _("Choose a likelihood from 1 to %(likelihood)s and an impact from 1 to %(impact)s.")
            % dict(zip(("likelihood", "impact"), matrix.highest, strict=True))
        ) from error


def _check_residual(risk: Risk, matrix: RiskMatrix, found: Judgement) -> None:
    rated = risk.inherent
    inherent = Judgement(rated.score, rated.level) if rated and rated.matrix_id == matrix.pk else None
    if inherent and not may_remain(found, inherent=inherent):
        raise ValidationError(
            _(
                "Residual %(residual)s is above inherent %(inherent)s, but controls never make a risk graver: "
                "rate the inherent "
                "risk again first."
            )
            % {"residual": found.score, "inherent": inherent.score}
        )


def _locked(risk_id: int, status: str) -> Risk:
    risk = Risk.objects.select_for_update(of=["self"]).select_related("inherent").get(pk=risk_id)
    if risk.status != status:
        closed = _("%(reference)s is closed: open it again first.")
        raise ValidationError(
            (closed if status == RiskStatus.OPEN else _("%(reference)s is open already."))
            % {"reference": risk.reference}
        )
    return risk


def _check_subclass(risk: Risk) -> None:
    if risk.subclass and risk.subclass.risk_class != risk.risk_class:
        raise ValidationError({"subclass": _("This sub-class belongs to another class.")})
