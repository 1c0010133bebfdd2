"""A plan being carried out: activated once, its steps taken and done by people, ended with an outcome.

Everything stands in the database, so that a worker or a server that dies takes nothing with it."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import name_act
from incidents.models import Activation, ActivationEntry, ActivationStep, Case, Plan
from incidents.rules.call_tree import most_score, share_in_time
from incidents.services.calls import lay_out_calls
from incidents.services.plans import people_called
from staff.models import NotificationKind, User
from staff.services.notifications import notify


@transaction.atomic
def activate(
    *, actor: User, plan_id: int, reason: str, at: datetime, is_drill: bool = False, case: Case | None = None
) -> Activation:
    """Begin to carry out the version in force, in earnest or as a drill; whom the plan calls is told.

    A plan is active once at a time: whoever comes second gets a sentence, and nothing is doubled.
    """
    plan = Plan.objects.select_related("version").get(pk=plan_id)
    if plan.version is None:
        raise ValidationError(_("No version of this plan is in force yet."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the plan is activated.")})
    name_act("incidents.plan.drilled" if is_drill else "incidents.plan.activated", reason=reason)
    try:
        with transaction.atomic():
            activation = Activation.objects.create(
                plan=plan,
                version=plan.version,
                case=case,
                is_drill=is_drill,
                reason=reason.strip(),
                activated_by=actor,
                activated_at=at,
            )
    except IntegrityError as error:
        raise ValidationError(_("This plan is active already.")) from error
    ActivationStep.objects.bulk_create(
        ActivationStep(
            activation=activation,
            position=position,
            title=step.title,
            role=step.role,
            due_at=at + timedelta(minutes=step.minutes),
        )
        for position, step in enumerate(plan.version.all_steps, start=1)
    )
    lay_out_calls(activation, at)
    _call(activation, at)
    return activation


def _call(activation: Activation, at: datetime) -> None:
    plan = activation.plan
    notify(
        users=people_called(activation.version),
        kind=NotificationKind.ALERT,
        key=f"activation:{activation.pk}",
        title=lambda: (
            _("Drill: you are called by the plan %(plan)s") if activation.is_drill else _("You are called by the plan %(plan)s")
        )
        % {"plan": plan},
        url=reverse("incidents:activation_detail", args=[activation.pk]),
        at=at,
    )  # fmt: skip


@transaction.atomic
def take_step(*, actor: User, step_id: int, at: datetime) -> ActivationStep:
    """Say that one does a step, so that nobody else begins it."""
    step = _locked_step(step_id)
    if step.done_at or (step.taken_by_id and step.taken_by_id != actor.pk):
        raise ValidationError(_("%(person)s has this step already.") % {"person": step.done_by or step.taken_by})
    if step.taken_by_id is None:
        name_act("incidents.step.taken")
        step.taken_by, step.taken_at = actor, at
        step.save(update_fields=["taken_by", "taken_at"])
        _changed(step.activation_id)
    return step


@transaction.atomic
def finish_step(*, actor: User, step_id: int, at: datetime) -> ActivationStep:
    """Say that a step is done; again changes nothing."""
    step = _locked_step(step_id)
    if step.done_at is None:
        name_act("incidents.step.done")
        step.done_by, step.done_at = actor, at
        step.save(update_fields=["done_by", "done_at"])
        _changed(step.activation_id)
    return step


@transaction.atomic
def write_on_board(*, actor: User, activation_id: int, text: str, at: datetime) -> ActivationEntry:
    """Add what was decided or seen to the record of an open activation."""
    activation = _locked(activation_id)
    if not text.strip():
        raise ValidationError({"text": _("Write what was decided or seen.")})
    name_act("incidents.board.written")
    entry = ActivationEntry.objects.create(activation=activation, at=at, by=actor, text=text.strip())
    _changed(activation.pk)
    return entry


@transaction.atomic
def end_activation(
    *, actor: User, activation_id: int, outcome: str, lessons: str, score: int | None, at: datetime
) -> Activation:
    """End an activation with how it went. A drill gets a score; steps that nobody did stay as they are, in the record."""
    activation = _locked(activation_id)
    if not outcome.strip():
        raise ValidationError({"outcome": _("Say how it ended.")})
    if activation.is_drill and score is None:
        raise ValidationError({"score": _("Give the drill a score from 1 to 5.")})
    if activation.is_drill and score is not None:
        _check_score(activation, score)
    name_act("incidents.plan.ended", reason=outcome)
    activation.ended_at, activation.ended_by = at, actor
    activation.outcome, activation.lessons = outcome.strip(), lessons.strip()
    activation.score = score if activation.is_drill else None
    activation.save(update_fields=["ended_at", "ended_by", "outcome", "lessons", "score"])
    _changed(activation.pk)
    return activation


def _check_score(activation: Activation, score: int) -> None:
    """A drill that reached few people in time gets no high score, however well the rest went."""
    reached = [call.in_time for call in activation.calls.all()]
    most = most_score(share_in_time(reached))
    if score > most:
        raise ValidationError(
            {
                "score": _("%(reached)s of %(all)s were reached in time: the score is at most %(most)s.")
                % {"reached": sum(reached), "all": len(reached), "most": most}
            }
        )


def _locked_step(step_id: int) -> ActivationStep:
    """The step, with its activation locked: the board's changes stand one after the other."""
    step = ActivationStep.objects.only("activation").get(pk=step_id)
    _locked(step.activation_id)
    return ActivationStep.objects.select_related("taken_by", "done_by").get(pk=step_id)


def _locked(activation_id: int) -> Activation:
    activation = Activation.objects.select_for_update(of=["self"]).select_related("plan").get(pk=activation_id)
    if not activation.is_open:
        raise ValidationError(_("This activation has ended: its record stays as it is."))
    return activation


def _changed(activation_id: int) -> None:
    Activation.objects.filter(pk=activation_id).update(revision=F("revision") + 1)
