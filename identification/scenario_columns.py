"""Columns, pills and words of scenarios and bow-ties."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identification.models import FactorUnit
from identification.rules.bow_ties import guard_of
from pages.columns import Column
from pages.formats import NOTHING, day, moment, money, number
from pages.templatetags.pages import pill_html
from risk.response_columns import effectiveness_pill

STATE_TONES = {"draft": "", "in_use": "green", "retired": ""}
GUARD_TONES = {"open": "red", "effective": "green", "partly": "amber", "untested": "", "ineffective": "red"}


def scenario_pill(scenario):
    return pill_html(scenario.get_state_display(), STATE_TONES[scenario.state])


def suggested_pill(outcome):
    """Where the outcome puts its risk under the matrix of its day."""
    return pill_html(f"{outcome.get_level_display()} {outcome.likelihood} × {outcome.impact}", outcome.level)


def size_text(shock):
    """Such as +200 basis points, −20 %, × 1.5."""
    unit, size = shock.factor.unit, shock.size.normalize()
    if unit == FactorUnit.TIMES:
        return f"× {number(size)}"
    sign = "+" if size > 0 else "−"
    return f"{sign}{number(abs(size))} {'%' if unit == FactorUnit.PERCENT else FactorUnit(unit).label}"


def loss_text(outcome):
    """From low to high, with the most likely between."""
    low, likely, high = (money(one) for one in (outcome.loss_low, outcome.loss_likely, outcome.loss_high))
    return f"{low} – {likely} – {high} {outcome.currency}"


def barrier_label(barrier, seen):
    """What a barrier is called; `seen` are the keys of the controls that the reader may see."""
    if barrier.control_id is None:
        return barrier.text
    named = barrier.control.name if barrier.control_id in seen else gettext("A control of another line")
    return f"{named}: {barrier.text}" if barrier.text else named


def barrier_pill(barrier):
    return effectiveness_pill(barrier.control.last_test if barrier.control else None)


def guard_pill(barriers):
    """What a way has to fear, over all of its barriers."""
    words = {
        "open": gettext("No barrier"),
        "effective": gettext("Guarded"),
        "partly": gettext("Partly guarded"),
        "untested": gettext("Not tested"),
        "ineffective": gettext("Its barriers failed"),
    }
    guard = guard_of([barrier.conclusion for barrier in barriers])
    return pill_html(words[guard], GUARD_TONES[guard])


def scenario_columns():
    return [
        Column("reference", _("No."), sort="reference", mono=True),
        Column("name", _("Scenario"), sort="name", card="wide"),
        Column("kind", _("Kind"), lambda row: row.get_kind_display(), sort="kind"),
        Column("state", _("State"), scenario_pill, sort="state"),
        Column("severity", _("How severe"), lambda row: row.revision.severity, wrap=True),
        Column("plausibility", _("How plausible"), lambda row: row.revision.plausibility, default=False, wrap=True),
        Column("line", _("Line"), lambda row: row.line or _("Whole company")),
        Column("owner", _("Owner"), lambda row: row.owner, sort="owner__full_name"),
        Column("n_outcomes", _("Outcomes"), lambda row: number(row.n_outcomes), numeric=True),
        Column("discussed_on", _("Last discussed"), lambda row: day(row.discussed_on)),
        Column("created_at", _("Recorded"), lambda row: moment(row.created_at), sort="created_at", default=False),
    ]


def outcome_columns():
    return [
        Column("held_on", _("Discussed"), lambda row: day(row.held_on)),
        Column("revision", _("Revision"), lambda row: row.revision.number, numeric=True),
        Column("risk", _("Risk"), lambda row: row.risk or NOTHING, card="wide", wrap=True),
        Column("expected", _("What is expected"), card="wide", wrap=True),
        Column("loss", _("Loss: low – most likely – high"), loss_text, wrap=True),
        Column("suggested", _("Suggested"), suggested_pill),
        Column("response", _("What would be done"), card="wide", wrap=True),
        Column("participants", _("By"), lambda row: ", ".join(map(str, row.participants.all())), wrap=True),
    ]
