"""Columns of the inbox."""

from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import moment
from pages.templatetags.pages import pill_html

PROPOSAL_TONES = {"waiting": "amber", "accepted": "green", "joined": "info", "dismissed": ""}


def proposal_pill(proposal):
    return pill_html(proposal.get_state_display(), PROPOSAL_TONES[proposal.state])


def proposal_columns():
    return [
        Column("reference", _("No."), sort="reference", mono=True),
        Column("title", _("Title"), sort="title", card="wide"),
        Column("state", _("State"), proposal_pill, sort="state"),
        Column("source", _("Source"), lambda row: row.get_source_display(), sort="source"),
        Column("risk_class", _("Class"), lambda row: row.get_risk_class_display(), sort="risk_class"),
        Column("line", _("Line"), lambda row: row.line or _("Whole company"), sort="line__position"),
        Column("proposed_by", _("Proposed by"), lambda row: row.proposed_by, sort="proposed_by__full_name"),
        Column("proposed_at", _("Proposed"), lambda row: moment(row.proposed_at), sort="proposed_at"),
        Column("decided_by", _("Decided by"), lambda row: row.decided_by, default=False),
        Column("decided_at", _("Decided"), lambda row: moment(row.decided_at), sort="decided_at", default=False),
    ]
