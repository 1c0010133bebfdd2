"""Columns and words of the radar."""

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import NOTHING, day, moment
from pages.templatetags.pages import pill_html

STATE_TONES = {"watched": "amber", "risk": "red", "dropped": ""}
TREND_TONES = {"rising": "red", "steady": "", "falling": "green"}
MOVES = {
    "new": _("New"),
    "nearer": _("Nearer"),
    "farther": _("Farther"),
    "graver": _("Graver"),
    "milder": _("Milder"),
}
MOVE_TONES = {"new": "info", "nearer": "red", "graver": "red", "farther": "green", "milder": "green"}


def state_pill(emerging):
    return pill_html(emerging.get_state_display(), STATE_TONES[emerging.state])


def trend_pill(reading):
    return pill_html(reading.get_trend_display(), TREND_TONES[reading.trend])


def next_look(emerging):
    """The day, with a word where it has passed."""
    late = emerging.is_watched and emerging.next_look_on < timezone.localdate()
    shown = day(emerging.next_look_on)
    return format_html("{} {}", shown, pill_html(_now("Overdue"), "red")) if late else shown


def emerging_columns():
    return [
        Column("reference", _("No."), sort="reference", mono=True),
        Column("name", _("Name"), sort="name", card="wide"),
        Column("risk_class", _("Class"), lambda row: row.get_risk_class_display(), sort="risk_class"),
        Column("state", _("State"), state_pill, sort="state"),
        Column("horizon", _("Time horizon"), lambda row: row.latest.get_horizon_display()),
        Column(
            "likelihood", _("Likelihood of emerging"), lambda row: row.latest.get_likelihood_display(), default=False
        ),
        Column("severity", _("Severity"), lambda row: row.latest.get_severity_display(), sort="latest__severity"),
        Column("velocity", _("Velocity"), lambda row: row.latest.get_velocity_display(), default=False),
        Column("trend", _("Trend"), lambda row: trend_pill(row.latest)),
        Column("owner", _("Owner"), lambda row: row.owner, sort="owner__full_name"),
        Column("next_look_on", _("Next look"), next_look, sort="next_look_on"),
        Column("jurisdictions", _("Jurisdictions"), lambda row: ", ".join(row.jurisdictions) or NOTHING, default=False),
        Column("line", _("Line"), lambda row: row.line or _("Whole company"), sort="line__position", default=False),
        Column("recorded_at", _("Recorded"), lambda row: moment(row.recorded_at), sort="recorded_at", default=False),
    ]


def reading_columns():
    return [
        Column("at", _("When"), lambda row: moment(row.at)),
        Column("horizon", _("Time horizon"), lambda row: row.get_horizon_display()),
        Column("likelihood", _("Likelihood of emerging"), lambda row: row.get_likelihood_display()),
        Column("severity", _("Severity"), lambda row: row.get_severity_display()),
        Column("velocity", _("Velocity"), lambda row: row.get_velocity_display()),
        Column("trend", _("Trend"), trend_pill),
        Column("reason", _("Why"), wrap=True, card="wide"),
        Column("by", _("By"), lambda row: row.by),
    ]


def moves_text(moves):
    pills = [pill_html(MOVES[move], MOVE_TONES[move]) for move in moves]
    return format_html("{} {}", *pills) if len(pills) == 2 else pills[0] if pills else _("unchanged")


def dot_columns():
    """The radar as a table: rows are `radar_drawing.Drawn`."""
    return [
        Column("number", _("Dot"), numeric=True),
        Column("name", _("Name"), lambda row: row.emerging.name, card="wide", link=True, wrap=True),
        Column("risk_class", _("Class"), lambda row: row.emerging.get_risk_class_display()),
        Column("horizon", _("Time horizon"), lambda row: row.reading.get_horizon_display()),
        Column("severity", _("Severity"), lambda row: row.reading.get_severity_display()),
        Column("trend", _("Trend"), lambda row: trend_pill(row.reading)),
        Column("moves", _("Since the quarter before"), lambda row: moves_text(row.moves)),
    ]
