"""Audits of areas: planned, done, closed with a conclusion; led by nobody who owns what is audited."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from assurance.models import AuditPlanLine, AuditSample, AuditUnit, Engagement, EngagementState
from assurance.populations import POPULATIONS
from audit.services import name_act
from risk.models import Risk
from risk.rules.sampling import population_hash, sample
from staff.models import User

LARGEST_SAMPLE = 500


@transaction.atomic
def record_unit(*, actor: User, owners: Iterable[User], risks: Iterable[Risk] = (), **fields: Any) -> AuditUnit:
    """Add an area to the audit universe."""
    unit = AuditUnit(**fields)
    unit.full_clean()
    name_act("assurance.area.recorded")
    unit.save()
    unit.owners.set(owners)
    unit.risks.set(risks)
    return unit


@transaction.atomic
def change_unit(
    *, actor: User, unit_id: int, owners: Iterable[User], risks: Iterable[Risk], **fields: Any
) -> AuditUnit:
    """Change what is written about an area. Whoever leads an open audit of it cannot become its owner."""
    unit = AuditUnit.objects.select_for_update(of=["self"]).get(pk=unit_id)
    chosen = list(owners)
    leads = unit.engagements.open().filter(lead__in=chosen).select_related("lead").first()
    if leads:
        raise ValidationError({"owners": _("%(person)s leads an open audit of this area.") % {"person": leads.lead}})
    for name, value in fields.items():
        setattr(unit, name, value)
    unit.full_clean()
    name_act("assurance.area.changed")
    unit.save()
    unit.owners.set(chosen)
    unit.risks.set(risks)
    return unit


@transaction.atomic
def plan_engagement(
    *, actor: User, unit: AuditUnit, lead: User, plan_line: AuditPlanLine | None = None, **fields: Any
) -> Engagement:
    """Plan an audit of an area, for a line of an agreed plan or for none. Its lead must be independent of it."""
    if unit.owners.filter(pk=lead.pk).exists():
        raise ValidationError(
            {"lead": _("%(person)s owns this area, so cannot audit it: choose somebody else.") % {"person": lead}}
        )
    _check_line(plan_line, unit)
    engagement = Engagement(unit=unit, lead=lead, plan_line=plan_line, **fields)
    engagement.full_clean(exclude=["reference"])
    name_act("assurance.audit.planned")
    engagement.save()
    engagement.refresh_from_db(fields=["reference"])
    return engagement


def _check_line(line: AuditPlanLine | None, unit: AuditUnit) -> None:
    if line is None:
        return
    if line.unit_id != unit.pk:
        raise ValidationError({"unit": _("The plan says another area: %(area)s.") % {"area": line.unit}})
    if not line.plan.agreed:
        raise ValidationError(_("This plan is a draft: audits begin once it is in force."))
    begun = Engagement.objects.filter(plan_line__unit=unit, plan_line__plan__year=line.plan.year).first()
    if begun:
        raise ValidationError(_("%(audit)s was begun for this line already.") % {"audit": begun.reference})


@transaction.atomic
def begin_engagement(*, actor: User, engagement_id: int) -> Engagement:
    """Begin the fieldwork of a planned audit; again changes nothing."""
    engagement = locked_engagement(engagement_id)
    if engagement.state == EngagementState.PLANNED:
        name_act("assurance.audit.begun")
        engagement.state = EngagementState.FIELDWORK
        engagement.save(update_fields=["state"])
    return engagement


@transaction.atomic
def close_engagement(*, actor: User, engagement_id: int, conclusion: str, at: datetime) -> Engagement:
    """Close an audit with what it concluded, once every working paper was reviewed; its findings live on until each is
    verified."""
    engagement = locked_engagement(engagement_id)
    if not conclusion.strip():
        raise ValidationError({"conclusion": _("Say what the audit concluded.")})
    if waiting := [str(paper) for paper in engagement.papers.unreviewed()[:5]]:
        raise ValidationError(_("These working papers are not reviewed: %(papers)s.") % {"papers": ", ".join(waiting)})
    name_act("assurance.audit.closed", reason=conclusion)
    engagement.state, engagement.closed_at, engagement.conclusion = EngagementState.CLOSED, at, conclusion.strip()
    engagement.save(update_fields=["state", "closed_at", "conclusion"])
    return engagement


@transaction.atomic
def draw_sample(*, actor: User, engagement_id: int, population: str, size: int, seed: str, at: datetime) -> AuditSample:
    """Draw a sample from a list as the actor sees it, and keep how it can be drawn again."""
    engagement = locked_engagement(engagement_id)
    if population not in POPULATIONS:
        raise ValidationError({"population": _("There is no such list.")})
    keys = POPULATIONS[population].keys(actor)
    if not keys:
        raise ValidationError({"population": _("This list is empty for you: there is nothing to draw.")})
    if not 1 <= size <= LARGEST_SAMPLE:
        raise ValidationError({"size": _("Draw from 1 to %(most)s items.") % {"most": LARGEST_SAMPLE}})
    if not seed.strip():
        raise ValidationError({"seed": _("Choose a seed, a word or a number, so that the sample can be drawn again.")})
    name_act("assurance.sample.drawn")
    return AuditSample.objects.create(
        engagement=engagement, population=population, seed=seed.strip(), size=size, counted=len(keys),
        sha256=population_hash(keys), keys=sample(keys, size, seed.strip()), drawn_by=actor, drawn_at=at,
    )  # fmt: skip


def still_drawn(drawn: AuditSample, reader: User) -> bool:
    """Return whether the same seed draws the same items from the list as it is now, for this reader."""
    keys = POPULATIONS[drawn.population].keys(reader)
    return population_hash(keys) == drawn.sha256 and sample(keys, drawn.size, drawn.seed) == drawn.keys


def locked_engagement(engagement_id: int) -> Engagement:
    """Return an open audit, locked; ValidationError for a closed one."""
    engagement = Engagement.objects.select_for_update(of=["self"]).get(pk=engagement_id)
    if not engagement.is_open:
        raise ValidationError(_("%(reference)s is closed.") % {"reference": engagement.reference})
    return engagement
