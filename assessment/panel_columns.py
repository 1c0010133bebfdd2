"""Columns of panels and of forecasts that are due."""

from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import NOTHING, day, moment, number
from pages.templatetags.pages import pill_html

PANEL_TONES = {"preparing": "", "running": "amber", "finished": "green", "cancelled": ""}
VERDICT_TONES = {"agreed": "green", "goes_on": "amber", "last": "orange", "too_few": "amber", "too_few_last": "orange"}


def panel_pill(panel):
    return pill_html(panel.get_state_display(), PANEL_TONES[panel.state])


def state_with_wait(panel):
    """The state, and whether it waits for the reader's vote."""
    pill = panel_pill(panel)
    return format_html("{} {}", pill, pill_html(_now("Waits for my vote"), "blue")) if panel.waits == 0 else pill


def verdict_pill(closed):
    return pill_html(closed.get_verdict_display(), VERDICT_TONES[closed.verdict]) if closed.verdict else NOTHING


def panel_columns():
    return [
        Column("reference", _("No."), mono=True),
        Column("title", _("Title"), sort="title", card="wide"),
        Column("state", _("State"), state_with_wait, sort="state"),
        Column("items", _("Judged"), lambda row: number(row.item_count), numeric=True),
        Column("seats", _("Experts"), lambda row: number(row.seat_count), numeric=True),
        Column("rounds", _("Rounds"), lambda row: f"{row.round_count} / {row.max_rounds}", numeric=True),
        Column("facilitator", _("Facilitator"), lambda row: row.facilitator, sort="facilitator__full_name"),
        Column("begun_at", _("Begun"), lambda row: moment(row.begun_at), sort="begun_at"),
        Column("ended_at", _("Ended"), lambda row: moment(row.ended_at), default=False),
    ]


def forecast_columns():
    return [
        Column("what", _("Forecast"), lambda row: str(row), card="wide"),
        Column("panel", _("Panel"), lambda row: row.panel.reference, mono=True),
        Column("estimate", _("Interval of"), lambda row: row.get_estimate_display() if row.estimate else NOTHING),
        Column("due_at", _("Due since"), lambda row: day(row.due_at)),
    ]
