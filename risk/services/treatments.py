"""Treatments: begun, carried out in tasks, ended with an outcome; accepting a risk ends by itself."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from risk.models import Risk, RiskStatus, Treatment, TreatmentState, TreatmentTask
from risk.rules.effects import Effect, effect_of
from risk.services.reassessments import force_reassessment
from staff.models import User

WINDOW = timedelta(days=30)  # of readings compared, before the start and after the end


@transaction.atomic
def begin_treatment(*, actor: User, risk_id: int, at: datetime, **fields: Any) -> Treatment:
    """Begin to answer an open risk. Who accepts one says why, in the description."""
    risk = Risk.objects.select_for_update(of=["self"]).get(pk=risk_id)
    if risk.status != RiskStatus.OPEN:
        raise ValidationError(_("%(reference)s is closed: open it again first.") % {"reference": risk.reference})
    treatment = Treatment(risk=risk, created_at=at, created_by=actor, **fields)
    if treatment.strategy == "accept" and not treatment.description.strip():
        raise ValidationError({"description": _("Say why the risk is accepted.")})
    treatment.full_clean()
    name_act("risk.treatment.begun", reason=treatment.description)
    treatment.save()
    return treatment


@transaction.atomic
def add_task(*, actor: User, treatment_id: int, title: str, owner: User, due_on: date) -> TreatmentTask:
    """Add a task to a running treatment."""
    treatment = _running(treatment_id)
    task = TreatmentTask(treatment=treatment, title=title, owner=owner, due_on=due_on)
    task.full_clean()
    name_act("risk.treatment.task_added")
    task.save()
    return task


@transaction.atomic
def finish_task(*, actor: User, task_id: int, evidence: str, at: datetime) -> TreatmentTask:
    """Say that a task is done, and by what one sees it; its owner or the treatment's does."""
    task = TreatmentTask.objects.select_for_update(of=["self"]).select_related("treatment").get(pk=task_id)
    if actor.pk not in (task.owner_id, task.treatment.owner_id):
        raise PermissionDenied(_("Its owner, or the owner of the treatment, does this."))
    if task.done_at:
        raise ValidationError(_("This task is done already."))
    if not evidence.strip():
        raise ValidationError({"evidence": _("Say by what one sees that it is done.")})
    name_act("risk.treatment.task_done")
    task.done_at, task.evidence = at, evidence.strip()
    task.save(update_fields=["done_at", "evidence"])
    return task


@transaction.atomic
def end_treatment(*, actor: User, treatment_id: int, state: str, outcome: str, at: datetime) -> Treatment:
    """End a running treatment as done or dropped, with its outcome. Done means that its tasks are."""
    treatment = _running(treatment_id)
    if state not in (TreatmentState.DONE, TreatmentState.DROPPED):
        raise ValidationError({"state": _("A treatment is done or dropped.")})
    if state == TreatmentState.DONE and treatment.tasks.filter(done_at__isnull=True).exists():
        raise ValidationError({"state": _("Some of its tasks are not done yet.")})
    if not outcome.strip():
        raise ValidationError({"outcome": _("Say what came of it.")})
    name_act("risk.treatment.ended", reason=outcome)
    treatment.state, treatment.outcome, treatment.ended_on = state, outcome.strip(), timezone.localdate(at)
    treatment.save(update_fields=["state", "outcome", "ended_on"])
    return treatment


@transaction.atomic
def expire_acceptances(*, business_date: date) -> int:
    """End accepted risks whose last day is over: each stands untreated and must be assessed anew. Return how many."""
    ended = Treatment.objects.acceptances_over(business_date).select_related("risk").order_by("pk")
    over = list(ended.select_for_update(of=["self"]))
    for treatment in over:
        name_act("risk.treatment.expired")
        treatment.state, treatment.ended_on = TreatmentState.EXPIRED, treatment.due_on
        treatment.save(update_fields=["state", "ended_on"])
        force_reassessment(
            actor=None, risk=treatment.risk, cause_key=f"treatment:{treatment.pk}", at=timezone.now(),
            cause=_("Accepting it ended on %(day)s") % {"day": treatment.due_on.isoformat()},
            url=reverse("risk:treatment_detail", args=[treatment.pk]),
        )  # fmt: skip
    return len(over)


def effect_on_indicator(treatment: Treatment) -> Effect | None:
    """Return what the indicator read in the thirty days before the treatment began against those after it ended, or up
    to now where it runs; None where it names none or there are too few readings."""
    if treatment.indicator is None:
        return None
    readings = treatment.indicator.readings.last_of_each_day().filter(value__isnull=False)
    after_from = treatment.ended_on or treatment.starts_on
    before = readings.filter(day__gte=treatment.starts_on - WINDOW, day__lt=treatment.starts_on)
    after = readings.filter(day__gte=after_from, day__lt=after_from + WINDOW)
    return effect_of([float(one.value) for one in before], [float(one.value) for one in after])


def _running(treatment_id: int) -> Treatment:
    treatment = Treatment.objects.select_for_update(of=["self"]).get(pk=treatment_id)
    if not treatment.is_running:
        raise ValidationError(_("This treatment has ended."))
    return treatment
