"""Columns of the room's lists."""

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assurance.models import EngagementState
from pages.columns import Column
from pages.formats import NOTHING, day, moment, number
from pages.templatetags.pages import pill_html

FINDING_TONES = {"open": "red", "answered": "amber", "done": "info", "verified": "green"}
TICK_TONES = {"agreed": "green", "exception": "red", "n_a": ""}
PARTS = {
    "risk": _("gravest residual score"),
    "time": _("months since the last audit"),
    "findings": _("open findings, grave ones twice"),
    "losses": _("losses in a year"),
}
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


def plan_pill(plan):
    if not plan.agreed:
        return pill_html(_now("Draft"), "amber")
    return pill_html(_now("Replaced"), "") if plan.is_replaced else pill_html(_now("In force"), "green")


def plan_columns():
    return [
        Column("year", _("Year"), lambda row: str(row.year), mono=True),
        Column("version", _("Version"), lambda row: number(row.version), numeric=True),
        Column("state", _("State"), plan_pill),
        Column("audits", _("Audits"), lambda row: number(row.audits), numeric=True),
        Column("days", _("Person-days"), lambda row: number(row.days or 0), numeric=True),
        Column("drafted_by", _("Drafted by"), lambda row: row.drafted_by),
        Column("agreed_at", _("In force since"), lambda row: moment(row.agreed_at)),
    ]


def parts_text(parts):
    """What a priority is the sum of, such as `gravest residual score 20: 32 + losses in a year 1: 5`."""
    said = (
        f"{PARTS[part.of]} {_now('never') if part.value is None and part.of == 'time' else number(part.value)}: {part.points}"
        for part in parts
        if part.points
    )
    return " + ".join(said) or NOTHING


def begun_text(line):
    """The audit of a planned line, with a word where its quarter has passed without one."""
    if line.audit_reference:
        state = dict(EngagementState.choices)[line.audit_state]
        return format_html("{} {}", line.audit_reference, pill_html(state, ENGAGEMENT_TONES[line.audit_state]))
    today = timezone.localdate()
    late = line.plan.agreed and (line.plan.year, line.quarter) < (today.year, (today.month - 1) // 3 + 1)
    return pill_html(_now("Not begun"), "red") if late else NOTHING


def plan_line_columns():
    return [
        Column("quarter", _("Quarter"), lambda row: row.get_quarter_display(), mono=True),
        Column("unit", _("Area"), lambda row: row.unit, link=True, card="wide"),
        Column("priority", _("Priority"), lambda row: number(row.priority), numeric=True),
        Column("why", _("Why"), lambda row: parts_text(row.all_parts), wrap=True, card="wide"),
        Column("person_days", _("Person-days"), lambda row: number(row.person_days), numeric=True),
        Column("lead", _("Lead"), lambda row: row.lead or pill_html(_now("Nobody yet"), "amber")),
        Column("audit", _("Audit"), begun_text),
        Column("closed", _("Closed"), lambda row: moment(row.audit_closed_at)),
    ]


def due_unit_columns():
    return [
        Column("unit", _("Area"), lambda row: row[0], link=True, card="wide"),
        Column("quarter", _("Due in"), lambda row: f"Q{row[1].quarter}", mono=True),
        Column("priority", _("Priority"), lambda row: number(row[1].priority), numeric=True),
        Column("why", _("Why"), lambda row: parts_text(row[1].parts), wrap=True, card="wide"),
    ]


def paper_pill(paper):
    return pill_html(_now("Reviewed"), "green") if paper.is_reviewed else pill_html(_now("To be reviewed"), "amber")


def tick_pill(tick):
    return pill_html(tick.get_mark_display(), TICK_TONES[tick.mark])
