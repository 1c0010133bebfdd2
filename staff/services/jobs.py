"""Background jobs: asked for, taken by one worker, told how they went, and taken over when a worker dies."""

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.context import acting
from audit.services import name_act
from staff.heartbeat import Heartbeat
from staff.jobs import KINDS, JobCancelled, JobFailed, JobLost, RunningJob, result_path
from staff.languages import speaking_to
from staff.models import Job, JobState, NotificationKind, User
from staff.rules.jobs import FORGOTTEN_SECONDS, KEPT_DAYS, MOST_ATTEMPTS, SILENCE_SECONDS
from staff.services.notifications import notify
from staff.tasks.jobs import run_job_task

logger = logging.getLogger(__name__)


@transaction.atomic
def start_job(*, actor: User, kind: str, title: str, parameters: dict[str, Any] | None = None, at: datetime) -> Job:
    """Queue a job of a registered kind for `actor`; it starts once the transaction is real. Unknown kinds raise
    ValueError.
    """
    if kind not in KINDS:
        raise ValueError(f"No function is registered for jobs of the kind {kind!r}.")
    if KINDS[kind].permission and not actor.has_perm(KINDS[kind].permission):
        raise PermissionDenied(_("Your role may not start this job."))
    name_act("staff.job.started")
    job = Job.objects.create(
        owner=actor, kind=kind, title=str(title)[:200], parameters=parameters or {}, created_at=at, beat_at=at
    )
    run_job_task.delay_on_commit(job.pk)
    return job


def run_job(*, job_id: int, at: datetime) -> None:
    """Do a job if it is free: queued, or left by a worker that has been silent for a minute. Otherwise do nothing."""
    job = claim_job(job_id=job_id, at=at)
    if job is None:
        return
    running = RunningJob(job)
    for attempt in range(1, job.attempt):  # what a worker that died may have left
        default_storage.delete(result_path(job.pk, attempt))
    with acting(actor_id=job.owner_id, label=f"job:{job.kind}"), _in_the_words_of(job), Heartbeat(running):
        outcome = _do(running)
    if outcome is not None:
        with acting(actor_id=job.owner_id, label=f"job:{job.kind}"):
            finish_job(running=running, state=outcome[0], error=outcome[1], at=timezone.now())


def claim_job(*, job_id: int, at: datetime) -> Job | None:
    """Take a job for this worker by one conditional update, and return it; None if another has it or it is over."""
    silent = Q(state=JobState.RUNNING, beat_at__lt=at - timedelta(seconds=SILENCE_SECONDS))
    free = Job.objects.filter(Q(state=JobState.QUEUED) | silent, pk=job_id, attempt__lt=MOST_ATTEMPTS)
    taken = free.update(
        state=JobState.RUNNING, attempt=F("attempt") + 1, started_at=at, beat_at=at, done=0, total=None, sentence=""
    )
    return Job.objects.select_related("owner").get(pk=job_id) if taken else None


def _do(running: RunningJob) -> tuple[JobState, str] | None:
    """Return how the job ended and what went wrong, or None where it is not this worker's to say."""
    try:
        _function_of(running)(running)
    except JobLost:
        logger.warning("Job %s was taken over by another worker.", running.id)
        return None
    except JobCancelled:
        return JobState.CANCELLED, ""
    except JobFailed as error:
        return JobState.FAILED, str(error)
    except ValidationError as error:
        return JobState.FAILED, " ".join(error.messages)
    except (OperationalError, InterfaceError):
        logger.exception("Job %s lost the database; it falls silent and is taken up again.", running.id)
        return None
    except Exception:
        logger.exception("Job %s (%s) failed.", running.id, running.kind)
        return JobState.FAILED, _unexpected(running)
    return JobState.DONE, ""


def _function_of(running: RunningJob):
    kind = KINDS.get(running.kind)
    if kind is None:
        raise JobFailed(_("This version of Meridian cannot do jobs of this kind. Ask for it again from its page."))
    if not running.owner.is_active or (kind.permission and not running.owner.has_perm(kind.permission)):
        raise JobFailed(_("Its owner may not do this any more."))
    return kind.function


def _unexpected(running: RunningJob) -> str:
    return _(
        "It stopped for an unexpected reason, which was logged. "
        "Try again; if it fails again, tell an administrator: job %(id)d."
    ) % {"id": running.id}


@transaction.atomic
def finish_job(*, running: RunningJob, state: JobState, error: str = "", at: datetime) -> bool:
    """Write how a job ended and tell its owner; False, and nothing written, if another worker has it."""
    name_act(f"staff.job.{state}")
    if state != JobState.DONE:
        running.discard()
    mine = Job.objects.running().filter(pk=running.id, attempt=running.attempt)
    written = mine.update(
        state=state,
        error=error,
        ended_at=at,
        beat_at=at,
        done=running.done,
        total=running.total,
        sentence=running.sentence,
        result=running.result,
        result_name=running.result_name,
    )
    if not written:
        running.discard()
    elif state != JobState.CANCELLED:
        tell_owner(Job.objects.get(pk=running.id), url=running.url, at=at)
    return bool(written)


def tell_owner(job: Job, *, url: str = "", at: datetime) -> None:
    """Notify the owner of a job that is over, once."""

    def title() -> str:
        done = job.state == JobState.DONE
        return (_("Done: %(title)s") if done else _("Failed: %(title)s")) % {"title": job.title}

    notify(
        users=[job.owner_id],
        kind=NotificationKind.JOB,
        key=f"job:{job.pk}",
        title=title,
        body=job.error,
        url=url or reverse("staff:job_detail", args=[job.pk]),
        at=at,
    )


@transaction.atomic
def cancel_job(*, actor: User, job_id: int, at: datetime) -> Job:
    """Stop a job: at once if it waits, else at the next place where it can stop. One that is over is refused."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.owner_id != actor.pk and not actor.has_perm("staff.cancel_any_job"):
        raise PermissionDenied(_("Only its owner or an administrator cancels a job."))
    if job.is_over:
        raise ValidationError(_("This job is already over."))
    name_act("staff.job.cancel_asked")
    job.cancel_asked_at = job.cancel_asked_at or at
    if job.state == JobState.QUEUED:
        job.state, job.ended_at = JobState.CANCELLED, at
    job.save(update_fields=["cancel_asked_at", "state", "ended_at"])
    return job


def restart_job(*, actor: User, job_id: int, at: datetime) -> Job:
    """Ask once more for what a job of the actor's was to do, as a new job."""
    job = Job.objects.get(pk=job_id)
    if job.owner_id != actor.pk:
        raise PermissionDenied(_("Only its owner starts a job again."))
    if not job.is_over:
        raise ValidationError(_("This job is not over yet."))
    if job.kind not in KINDS:
        raise ValidationError(
            _("This version of Meridian cannot do jobs of this kind. Ask for it again from its page.")
        )
    return start_job(actor=actor, kind=job.kind, title=job.title, parameters=job.parameters, at=at)


@transaction.atomic
def revive_jobs(*, at: datetime) -> int:
    """Queue again what dead workers left and what lost its message; give up on what took three workers down.

    Returns how many jobs were looked after. Safe in parallel: a row is in one hand.
    """
    left = Job.objects.silent_since(at - timedelta(seconds=SILENCE_SECONDS))
    forgotten = Job.objects.forgotten_since(at - timedelta(seconds=FORGOTTEN_SECONDS))
    jobs = (
        (left | forgotten).select_for_update(skip_locked=True, of=["self"]).select_related("owner").order_by("pk")[:500]
    )
    for job in jobs:
        with acting(actor_id=job.owner_id, label=f"job:{job.kind}"):
            _revive(job, at)
    return len(jobs)


def _revive(job: Job, at: datetime) -> None:
    if job.cancel_asked_at:
        _end(job, JobState.CANCELLED, "", at)
    elif job.attempt >= MOST_ATTEMPTS:
        with _in_the_words_of(job):
            sentence = _("Its worker stopped %(n)d times while doing it. Ask an administrator to look at job %(id)d.")
            _end(job, JobState.FAILED, sentence % {"n": job.attempt, "id": job.pk}, at)
        tell_owner(job, at=at)
    else:
        name_act("staff.job.queued_again")
        job.state, job.beat_at = JobState.QUEUED, at
        job.save(update_fields=["state", "beat_at"])
        run_job_task.delay_on_commit(job.pk)


def _end(job: Job, state: JobState, error: str, at: datetime) -> None:
    name_act(f"staff.job.{state}")
    for attempt in range(1, job.attempt + 1):
        default_storage.delete(result_path(job.pk, attempt))
    job.state, job.error, job.ended_at = state, error, at
    job.save(update_fields=["state", "error", "ended_at"])


def expire_results(*, at: datetime) -> int:
    """Delete the files of jobs that ended more than 30 days ago, and return how many. The jobs themselves stay."""
    old = list(Job.objects.with_result_older_than(at - timedelta(days=KEPT_DAYS)).order_by("pk")[:10_000])
    for job in old:
        default_storage.delete(job.result.name)
    with transaction.atomic():
        name_act("staff.job.result_expired")
        Job.objects.filter(pk__in=[job.pk for job in old]).update(result="")
    return len(old)


def drop_results(*, kinds: Sequence[str]) -> list[int]:
    """Delete the files that jobs of these kinds left, in the caller's transaction, and return the jobs that lost one."""
    left = list(Job.objects.filter(kind__in=kinds).exclude(result="").order_by("pk"))
    Job.objects.filter(pk__in=[job.pk for job in left]).update(result="")
    transaction.on_commit(partial(_delete_files, [str(job.result.name) for job in left]))
    return [job.pk for job in left]


def _delete_files(names: Sequence[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _in_the_words_of(job: Job) -> AbstractContextManager[None]:
    return speaking_to(job.owner)
