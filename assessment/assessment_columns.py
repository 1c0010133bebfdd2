"""Columns of assessments, of rules of methods and of tables of scales."""

from django.utils.translation import gettext_lazy as _

from assessment.table_commands import methods_text
from pages.columns import Column
from pages.formats import NOTHING, moment
from pages.templatetags.pages import pill_html
from risk.formats import level_pill

STATE_TONES = {
    "draft": "blue", "decided": "amber", "approved": "green", "void": "red", "replaced": "", "withdrawn": "",
}  # fmt: skip


def assessment_pill(assessment):
    return pill_html(assessment.get_state_display(), STATE_TONES[assessment.state])


def decided_level(assessment, kind):
    """The level that was decided of a kind; read from what the list has fetched."""
    found = next((one for one in assessment.decisions.all() if one.kind == kind), None)
    return level_pill(found) if found else NOTHING


def assessment_columns():
    return [
        Column("reference", _("No."), mono=True),
        Column("risk", _("Risk"), lambda row: row.risk, card="wide"),
        Column("state", _("State"), assessment_pill, sort="state"),
        Column("methods", _("Methods"), lambda row: methods_text(row.methods)),
        Column("inherent", _("Inherent"), lambda row: decided_level(row, "inherent")),
        Column("residual", _("Residual"), lambda row: decided_level(row, "residual")),
        Column("owner", _("Begun by"), lambda row: row.begun_by, sort="begun_by__full_name"),
        Column("begun_at", _("Begun"), lambda row: moment(row.begun_at), sort="begun_at"),
        Column("approved_at", _("Approved"), lambda row: moment(row.approved_at), sort="approved_at", default=False),
    ]
