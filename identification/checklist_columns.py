"""Columns of checklists and their runs."""

from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import moment, number
from pages.templatetags.pages import pill_html


def run_pill(run):
    return pill_html(_("Finished"), "green") if run.is_finished else pill_html(_("Under way"), "amber")


def checklist_columns():
    return [
        Column("name", _("Checklist"), sort="name", card="wide"),
        Column("code", _("Code"), sort="code", mono=True),
        Column("questions", _("Questions"), lambda row: number(row.questions), numeric=True),
        Column("newest", _("Version"), lambda row: row.newest, numeric=True),
        Column("runs", _("Runs"), lambda row: number(row.run_count), numeric=True),
        Column(
            "is_retired", _("Use"), lambda row: pill_html(_("Not used any more")) if row.is_retired else _("In use")
        ),
    ]


def run_columns():
    return [
        Column("reference", _("No."), sort="reference", mono=True),
        Column("subject", _("Gone through for"), sort="subject", card="wide"),
        Column("checklist", _("Checklist"), lambda row: row.version.checklist),
        Column("version", _("Version"), lambda row: row.version.number, numeric=True),
        Column("state", _("State"), run_pill),
        Column("answered", _("Answered"), lambda row: number(row.answered), numeric=True),
        Column("noes", _("No"), lambda row: number(row.noes), numeric=True),
        Column("line", _("Line"), lambda row: row.line or _("Whole company"), sort="line__position"),
        Column("begun_by", _("Begun by"), lambda row: row.begun_by),
        Column("begun_at", _("Begun"), lambda row: moment(row.begun_at), sort="begun_at"),
        Column("finished_at", _("Finished"), lambda row: moment(row.finished_at), default=False),
    ]
