"""Columns of this room's tables."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from operations.models import NightlyRun, NightlyStep, RunState, StepState
from operations.services.nightly import dead_sentence
from operations.services.steps import LABELS
from pages.columns import Column
from pages.formats import day, duration, number
from pages.templatetags.pages import moment_only, pill_html

TONES = {
    RunState.RUNNING: "blue",
    RunState.DONE: "green",
    RunState.FAILED: "red",
    StepState.WAITING: "neutral",
    StepState.SKIPPED: "neutral",
}


def nightly_columns():
    return [
        Column("business_date", _("Business date"), lambda run: day(run.business_date)),
        Column("state", _("State"), lambda run: pill_html(run.get_state_display(), TONES[run.state])),
        Column("steps", _("Steps done"), _steps_done, numeric=True),
        Column("started_at", _("Started"), lambda run: moment_only(run.started_at)),
        Column(
            "took",
            _("Took"),
            lambda run: duration(run.ended_at - run.started_at) if run.ended_at else "–",
            numeric=True,
        ),
        Column("asked_by", _("Started by"), lambda run: run.asked_by or _("Schedule or command")),
    ]


def step_columns():
    return [
        Column("step", _("Step"), _step_and_error, card="wide"),
        Column("state", _("State"), lambda step: pill_html(step.state, step.tone)),
        Column("rows", _("Rows"), lambda step: number(step.rows), numeric=True),
        Column("seconds", _("Seconds"), lambda step: number(step.seconds, 2), numeric=True),
        Column(
            "input_as_of", _("Input as of"), lambda step: moment_only(step.input_as_of) if step.input_as_of else "–"
        ),
    ]


def _step_and_error(step: "StepRow") -> SafeString | str:
    return format_html('{}<br><span class="sub">{}</span>', step.label, step.error) if step.error else str(step.label)


def _steps_done(run: NightlyRun) -> str:
    steps = run.steps.all()
    done = sum(step.state in (StepState.DONE, StepState.SKIPPED) for step in steps)
    return f"{done} / {len(steps)}"


@dataclass(frozen=True)
class StepRow:
    """A step as its page shows it; `seconds` of a running one are those until now."""

    label: str | Promise
    state: str
    tone: str
    rows: int | None
    seconds: float | None
    input_as_of: datetime | None
    error: str


def step_rows(run: NightlyRun, dead: bool, now: datetime) -> list[StepRow]:
    return [_step_row(step, dead, now) for step in run.steps.all()]


def _step_row(step: NightlyStep, dead: bool, now: datetime) -> StepRow:
    label = LABELS.get(step.name, step.name)
    if step.state != StepState.RUNNING:
        shown = (step.get_state_display(), TONES[step.state], step.seconds, step.error)
    elif dead:
        shown = (StepState.FAILED.label, "red", None, dead_sentence())
    else:
        shown = (step.get_state_display(), "blue", (now - step.started_at).total_seconds(), "")
    return StepRow(label, shown[0], shown[1], step.rows, shown[2], step.input_as_of, shown[3])
