"""Columns of the room's lists."""

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import NOTHING, day, moment, number
from pages.templatetags.pages import pill_html

FINDING_TONES = {"open": "red", "answered": "amber", "done": "info", "verified": "green"}
ENGAGEMENT_TONES = {"planned": "", "fieldwork": "amber", "closed": "green"}


def severity_pill(finding):
    return pill_html(finding.get_severity_display(), finding.severity)


def state_pill(finding):
    return pill_html(finding.get_state_display(), FINDING_TONES[finding.state])


def engagement_pill(engagement):
    return pill_html(engagement.get_state_display(), ENGAGEMENT_TONES[engagement.state])


def due_text(finding):
    """The day, with a word where it has passed."""
    overdue = finding.is_open and finding.due_on < timezone.localdate()
    return (
        format_html("{} {}", day(finding.due_on), pill_html(_now("Overdue"), "red")) if overdue else day(finding.due_on)
    )


def finding_columns():
    return [
        Column("reference", _("No."), sort="reference", mono=True),
        Column("title", _("Title"), sort="title", card="wide"),
        Column("severity", _("Severity"), severity_pill),
        Column("state", _("State"), state_pill, sort="state"),
        Column("due_on", _("Due"), due_text, sort="due_on"),
        Column("owner", _("Owner"), lambda row: row.owner, sort="owner__full_name"),
        Column("unit", _("Area"), lambda row: row.engagement.unit),
        Column("audit", _("Audit"), lambda row: row.engagement.reference, mono=True),
        Column("raised_at", _("Raised"), lambda row: moment(row.raised_at), sort="raised_at", default=False),
    ]


def engagement_columns():
    return [
        Column("reference", _("No."), sort="reference", mono=True),
        Column("title", _("Title"), sort="title", card="wide"),
        Column("unit", _("Area"), lambda row: row.unit),
        Column("state", _("State"), engagement_pill, sort="state"),
        Column("lead", _("Lead"), lambda row: row.lead, sort="lead__full_name"),
        Column("starts_on", _("Starts"), lambda row: day(row.starts_on), sort="starts_on"),
        Column("closed_at", _("Closed"), lambda row: moment(row.closed_at), default=False),
    ]


def unit_columns():
    return [
        Column("name", _("Area"), sort="name", card="wide"),
        Column("code", _("Code"), sort="code", mono=True),
        Column("line", _("Line"), lambda row: row.line or _("Whole company")),
        Column("owners", _("Owners"), lambda row: ", ".join(map(str, row.owners.all()))),
        Column("gravest", _("Gravest residual score"), lambda row: row.gravest or NOTHING, numeric=True),
        Column("audited_at", _("Last audited"), lambda row: moment(row.audited_at)),
        Column("every_months", _("Every … months"), lambda row: number(row.every_months), numeric=True),
    ]
