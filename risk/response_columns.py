"""Columns of controls and treatments."""

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import NOTHING, day, moment, money, number
from pages.templatetags.pages import pill_html

EFFECT_TONES = {"effective": "green", "partly": "amber", "ineffective": "red"}
TREATMENT_TONES = {"running": "amber", "done": "green", "expired": "red", "dropped": ""}


def effectiveness_pill(test):
    """What the last finished test says; that nobody has tested it, where none is."""
    if test is None:
        return pill_html(_now("Not tested"), "")
    return pill_html(test.get_conclusion_display(), EFFECT_TONES[test.conclusion])


def run_pill(run):
    """What the last automated test says, with how many exceptions where it failed."""
    if run is None:
        return pill_html(_now("Not run yet"), "")
    words = _now("Fails: %(n)s") % {"n": number(run.exceptions)}
    return pill_html(_now("Passes"), "green") if run.passed else pill_html(words, "red")


def run_columns():
    return [
        Column("as_of", _("As of"), lambda row: day(row.as_of)),
        Column("result", _("Result"), run_pill),
        Column("population", _("Population"), lambda row: number(row.population), numeric=True),
        Column("exceptions", _("Exceptions"), lambda row: number(row.exceptions), numeric=True),
        Column("tolerance", _("Tolerated"), lambda row: number(row.tolerance), numeric=True),
    ]


def treatment_pill(treatment):
    return pill_html(treatment.get_state_display(), TREATMENT_TONES[treatment.state])


def until_text(treatment):
    late = treatment.is_running and treatment.due_on < timezone.localdate()
    return (
        format_html("{} {}", day(treatment.due_on), pill_html(_now("Overdue"), "red"))
        if late
        else day(treatment.due_on)
    )


def control_columns():
    return [
        Column("name", _("Control"), sort="name", card="wide"),
        Column("code", _("Code"), sort="code", mono=True),
        Column("works", _("Effectiveness"), lambda row: effectiveness_pill(row.last_test)),
        Column("run", _("Automated test"), lambda row: run_pill(row.last_run) if row.measure else NOTHING),
        Column(
            "tested_at", _("Last tested"), lambda row: moment(row.last_test.finished_at) if row.last_test else NOTHING
        ),
        Column("kind", _("Kind"), lambda row: row.get_kind_display(), sort="kind"),
        Column("frequency", _("How often"), lambda row: row.get_frequency_display()),
        Column("is_key", _("Key control"), lambda row: _("Yes") if row.is_key else NOTHING),
        Column("line", _("Line"), lambda row: row.line or _("Whole company"), default=False),
        Column("owner", _("Owner"), lambda row: row.owner, sort="owner__full_name"),
    ]


def treatment_columns():
    return [
        Column("title", _("Treatment"), sort="title", card="wide"),
        Column("risk", _("Risk"), lambda row: row.risk.reference, mono=True),
        Column("strategy", _("Strategy"), lambda row: row.get_strategy_display(), sort="strategy"),
        Column("state", _("State"), treatment_pill, sort="state"),
        Column("due_on", _("Until"), until_text, sort="due_on"),
        Column("owner", _("Owner"), lambda row: row.owner, sort="owner__full_name"),
        Column(
            "cost",
            _("Cost"),
            lambda row: NOTHING if row.cost is None else money(row.cost, row.currency),
            numeric=True,
            default=False,
        ),
    ]
