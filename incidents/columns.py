"""Columns of the room's lists."""

from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import NOTHING, moment
from pages.templatetags.pages import pill_html

STATE_TONES = {"open": "amber", "working": "info", "closed": "green"}


def severity_pill(case):
    return pill_html(case.get_severity_display(), case.severity)


def state_pill(case):
    return pill_html(case.get_state_display(), STATE_TONES[case.state])


def case_columns():
    return [
        Column("reference", _("No."), sort="reference", mono=True),
        Column("title", _("Title"), sort="title", card="wide"),
        Column("severity", _("Severity"), severity_pill),
        Column("state", _("State"), state_pill, sort="state"),
        Column("owner", _("Owner"), lambda case: case.owner, sort="owner__full_name"),
        Column("risk", _("Risk"), lambda case: case.risk.reference if case.risk else NOTHING, mono=True),
        Column("line", _("Line"), lambda case: case.line or _("Whole company"), default=False),
        Column("opened_at", _("Opened"), lambda case: moment(case.opened_at), sort="opened_at"),
        Column("closed_at", _("Closed"), lambda case: moment(case.closed_at), sort="closed_at", default=False),
    ]


def plan_columns():
    return [
        Column("name", _("Plan"), sort="name", card="wide"),
        Column("code", _("Code"), sort="code", mono=True),
        Column("version", _("Version in force"), lambda plan: plan.version.number if plan.version else NOTHING),
        Column("line", _("Line"), lambda plan: plan.line or _("Whole company")),
        Column("indicator", _("Indicator"), lambda plan: plan.indicator.label if plan.indicator else NOTHING),
        Column("owner", _("Owner"), lambda plan: plan.owner, sort="owner__full_name"),
    ]
