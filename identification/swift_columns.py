"""Columns of what-if sessions and guide words."""

from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import day, number
from pages.templatetags.pages import pill_html


def session_pill(session):
    return pill_html(_("Closed"), "green") if session.is_closed else pill_html(_("Open"), "amber")


def session_columns():
    return [
        Column("reference", _("No."), sort="reference", mono=True),
        Column("subject", _("Subject"), sort="subject", card="wide"),
        Column("state", _("State"), session_pill),
        Column("rows", _("Rows"), lambda row: number(row.row_count), numeric=True),
        Column("waiting", _("Not judged yet"), lambda row: number(row.waiting), numeric=True),
        Column("facilitator", _("Facilitator"), lambda row: row.facilitator, sort="facilitator__full_name"),
        Column("held_on", _("Held on"), lambda row: day(row.held_on), sort="held_on"),
        Column("line", _("Line"), lambda row: row.line or _("Whole company"), sort="line__position"),
    ]


def word_columns():
    return [
        Column("name", _("Guide word"), str, card="wide", link=True),
        Column("code", _("Code"), sort="code", mono=True),
        Column("position", _("Position"), sort="position", numeric=True),
        Column(
            "is_retired", _("Use"), lambda row: pill_html(_("Not used any more")) if row.is_retired else _("In use")
        ),
    ]
