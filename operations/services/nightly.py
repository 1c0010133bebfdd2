"""The nightly run: one at a time, step by step, each step in one transaction together with the note that it is done.

Whoever runs holds an advisory lock of the database for as long as their connection lives. A run that says it is
running while
nobody holds the lock is therefore dead: its worker, or the database under it, was killed. The next start closes it
with a
sentence, and it can be taken up at the step where it stopped.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import ActivityBatch
from operations.models import NightlyRun, NightlyStep, RunState, StepState
from operations.rules.nightly import steps_from
from operations.services.nightly_stamp import touch
from operations.services.steps import LABELS, NAMES, STEPS, Step
from staff.models import User

logger = logging.getLogger(__name__)
LOCK = "hashtext('operations.nightly')"
Say = Callable[[NightlyStep], None]


class NightlyBusy(ValidationError):
    """Another run is at work; the sentence says which."""


class NightlyFailed(Exception):
    """A step failed; the sentence says which and why. The run is kept and can be taken up again."""

    def __init__(self, run: NightlyRun, sentence: str):
        super().__init__(sentence)
        self.run = run


def run_nightly(
    *, business_date: date, actor: User | None = None, from_step: str = "", say: Say | None = None
) -> NightlyRun:
    """Assess the company as of `business_date`, from a step on where one is named; returns the run when all steps are
    done.

    `say` hears of every step that ends. Raises ValidationError for an unknown step or a date to come, NightlyBusy
    when another run
    is at work, NightlyFailed when a step fails.
    """
    check_date(business_date)
    try:
        wanted = steps_from(NAMES, from_step)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    with _alone():
        close_dead_runs()
        return _work_through(_new_run(business_date, actor, wanted), say)


def go_on(*, run_id: int, actor: User | None = None, say: Say | None = None) -> NightlyRun:
    """Take up a failed run at the step that failed. Raises as `run_nightly` does, and where there is nothing to take
    up."""
    with _alone():
        close_dead_runs()
        return _work_through(_reopen(run_id, actor), say)


def ask_for_run(*, actor: User, business_date: date) -> None:
    """Have a worker run for `business_date`. Raises ValidationError for a date to come and while another run is at
    work."""
    check_date(business_date)
    hurdle = hurdle_to_starting()
    if hurdle:
        raise NightlyBusy(hurdle)
    from operations.tasks.nightly import nightly_task  # tasks import services: the one import allowed inside a function

    nightly_task.delay_on_commit(business_date.isoformat(), actor.pk)


def ask_to_go_on(*, actor: User, run: NightlyRun) -> None:
    """Have a worker take up a failed run. Raises ValidationError where there is nothing to take up."""
    hurdle = hurdle_to_going_on(run)
    if hurdle:
        raise ValidationError(hurdle)
    from operations.tasks.nightly import go_on_task

    go_on_task.delay_on_commit(run.pk, actor.pk)


def hurdle_to_starting() -> str:
    """Return why no run can start now, or an empty text."""
    return busy_sentence() if _lock_is_held() else ""


def check_date(business_date: date) -> None:
    """Raise ValidationError for a business date to come: its movements have not happened."""
    today = timezone.localdate()
    if business_date > today:
        raise ValidationError(
            _("%(date)s is still to come: choose %(today)s or a day before.")
            % {"date": date_format(business_date), "today": date_format(today)}
        )


def hurdle_to_going_on(run: NightlyRun) -> str:
    """Return why a run cannot be taken up again, or an empty text."""
    if run.state == RunState.DONE:
        return _("This run is done: start a new one.")
    if run.state == RunState.RUNNING and not is_dead(run):
        return _("This run is at work.")
    if NightlyRun.objects.filter(pk__gt=run.pk).exists():
        return _("A later run has taken its place: go on with that one, or start a new one.")
    return ""


def is_dead(run: NightlyRun) -> bool:
    """Return whether a run that says it is running has nobody who runs it."""
    return run.state == RunState.RUNNING and not _lock_is_held()


def close_dead_runs() -> int:
    """Mark runs that nobody runs any more as failed, with a sentence; returns how many. Only the holder of the lock
    may ask."""
    dead = list(NightlyRun.objects.running())
    for run in dead:
        _close(run, dead_sentence())
    return len(dead)


def dead_sentence() -> str:
    return _("The process that did this was ended from outside. What was done before stands; go on from here.")


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock that makes runs one at a time; raises NightlyBusy when somebody else does."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({LOCK})")
        if not cursor.fetchone()[0]:
            raise NightlyBusy(busy_sentence())
        # So that the database notices within a second when this process is killed in the middle of a long statement.
        cursor.execute("SET client_connection_check_interval = '1s'")
    try:
        yield
    finally:
        try:
            with connection.cursor() as cursor:
                cursor.execute("RESET client_connection_check_interval")
                cursor.execute(f"SELECT pg_advisory_unlock({LOCK})")
        except (DatabaseError, InterfaceError):
            logger.warning("The lock of the nightly run went with its connection.")


def busy_sentence() -> str:
    run = NightlyRun.objects.running().first()
    if run is None:
        return _("Another nightly run is just starting: wait for it to end.")
    return _("The nightly run for %(date)s is at work since %(time)s: wait for it to end.") % {
        "date": date_format(run.business_date),
        "time": date_format(timezone.localtime(run.started_at), "H:i"),
    }


def _lock_is_held() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT EXISTS (
                SELECT FROM pg_locks
                WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname =
                current_database())
                  AND (classid::bigint << 32) | objid::bigint = {LOCK}::bigint AND objsubid = 1
            )
            """
        )
        return cursor.fetchone()[0]


@transaction.atomic
def _new_run(business_date: date, actor: User | None, wanted: list[str]) -> NightlyRun:
    now = timezone.now()
    name_act("operations.nightly_run.started")
    run = NightlyRun.objects.create(business_date=business_date, asked_by=actor, started_at=now, beat_at=now)
    NightlyStep.objects.bulk_create(
        [
            NightlyStep(
                run=run, position=place, name=name, state=StepState.WAITING if name in wanted else StepState.SKIPPED
            )
            for place, name in enumerate(NAMES, 1)
        ]
    )
    return run


@transaction.atomic
def _reopen(run_id: int, actor: User | None) -> NightlyRun:
    run = NightlyRun.objects.select_for_update().get(pk=run_id)
    hurdle = hurdle_to_going_on(run)
    if hurdle:
        raise ValidationError(hurdle)
    name_act("operations.nightly_run.taken_up", reason=str(actor) if actor else "")
    run.state, run.ended_at, run.beat_at = RunState.RUNNING, None, timezone.now()
    run.save(update_fields=["state", "ended_at", "beat_at"])
    run.steps.filter(state=StepState.FAILED).update(
        state=StepState.WAITING, rows=None, seconds=None, started_at=None, ended_at=None, error=""
    )
    return run


def _work_through(run: NightlyRun, say: Say | None) -> NightlyRun:
    touch()
    waiting = {step.name: step for step in run.steps.filter(state=StepState.WAITING)}
    for step in STEPS:
        if step.name in waiting:
            _do(run, step, waiting[step.name])
            if say:
                say(waiting[step.name])
    _end(run)
    return run


def _do(run: NightlyRun, step: Step, note: NightlyStep) -> None:
    """Do one step. Its work and the note that it is done are one transaction: either both are there or neither."""
    _begin(run, note)
    clock = time.monotonic()
    try:
        with transaction.atomic():
            name_act(f"operations.nightly.{step.name}")
            note.rows = step.work(run.business_date, run.pk)
            note.seconds, note.state, note.ended_at = time.monotonic() - clock, StepState.DONE, timezone.now()
            note.input_as_of = _newest_arrival()
            note.save(update_fields=["rows", "seconds", "state", "ended_at", "input_as_of"])
    except Exception as error:  # whatever a step raises is written beside it, where the person who can help reads it
        logger.exception("Nightly step %s for %s failed", step.name, run.business_date)
        sentence = sentence_of(error)
        _note_failure(run, sentence)
        raise NightlyFailed(run, f"{LABELS[step.name]}: {sentence}") from error
    touch()


@transaction.atomic
def _begin(run: NightlyRun, note: NightlyStep) -> None:
    now = timezone.now()
    name_act("operations.nightly_step.started")
    note.state, note.started_at = StepState.RUNNING, now
    note.save(update_fields=["state", "started_at"])
    NightlyRun.objects.filter(pk=run.pk).update(beat_at=now)
    transaction.on_commit(touch)


@transaction.atomic
def _end(run: NightlyRun) -> None:
    name_act("operations.nightly_run.done")
    run.state, run.ended_at = RunState.DONE, timezone.now()
    run.save(update_fields=["state", "ended_at"])
    transaction.on_commit(touch)


def _note_failure(run: NightlyRun, sentence: str) -> None:
    """Write down what failed. Where the connection is what was lost, over a new one; where the server is gone, not at
    all:
    the run is then found dead by whoever looks next."""
    try:
        if not connection.in_atomic_block and not connection.is_usable():
            connection.close()
        _close(run, sentence)
    except (DatabaseError, InterfaceError):
        logger.exception("The failure of nightly run %s could not be written down", run.pk)


@transaction.atomic
def _close(run: NightlyRun, sentence: str) -> None:
    now = timezone.now()
    name_act("operations.nightly_run.failed", reason=sentence)
    stopped = run.steps.filter(state=StepState.RUNNING)
    if not stopped.update(state=StepState.FAILED, error=sentence, ended_at=now):
        first = run.steps.filter(state=StepState.WAITING).first()
        if first:
            run.steps.filter(pk=first.pk).update(state=StepState.FAILED, error=sentence, ended_at=now)
    NightlyRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(state=RunState.FAILED, ended_at=now)
    run.state, run.ended_at = RunState.FAILED, now
    transaction.on_commit(touch)


def sentence_of(error: Exception) -> str:
    """Say in one sentence what went wrong: a ValidationError's own words, or the kind and the first line of any other
    error."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    first_line = (str(error).strip().splitlines() or [""])[0]
    if isinstance(error, DatabaseError | InterfaceError):
        return _("The database refused: %(text)s") % {"text": first_line or type(error).__name__}
    return _("An unexpected error, %(kind)s: %(text)s") % {"kind": type(error).__name__, "text": first_line}


def _newest_arrival() -> datetime | None:
    """When the newest transactions that a step could see arrived."""
    newest: Any = ActivityBatch.objects.order_by("-added_at").values_list("added_at", flat=True).first()
    return newest
