"""Columns of changes of rules, and how their days are shown."""

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from identification.rules.changes import is_late_for_law, urgency
from pages.columns import Column
from pages.formats import NOTHING, day, moment
from pages.templatetags.pages import pill_html

CHANGE_TONES = {"new": "info", "assessing": "amber", "gap": "red", "done": "green", "not_ours": ""}


def change_pill(change):
    return pill_html(change.get_state_display(), CHANGE_TONES[change.state])


def due_text(change):
    """The day, with a word where it is near or past, and where it lies after the rule is in force."""
    if change.due_on is None:
        return NOTHING
    said = [pill for pill in (_urgent(change), _late(change)) if pill] if change.is_open else []
    return format_html("{} {}", day(change.due_on), format_html_join(" ", "{}", ((pill,) for pill in said)))


def _urgent(change):
    near = urgency(change.due_on, today=timezone.localdate())
    return {"overdue": lambda: pill_html(_now("Overdue"), "red"), "soon": lambda: pill_html(_now("Due soon"), "amber")}.get(
        near, str
    )()  # fmt: skip


def _late(change):
    late = is_late_for_law(change.due_on, change.in_force_on)
    return pill_html(_now("After it is in force"), "amber") if late else ""


def lines_text(change):
    return ", ".join(str(line) for line in change.lines.all()) or _now("Whole company")


def change_columns():
    return [
        Column("reference", _("No."), sort="reference", mono=True),
        Column("title", _("Title"), sort="title", card="wide"),
        Column("state", _("State"), change_pill, sort="state"),
        Column("due_on", _("Due"), due_text, sort="due_on"),
        Column("in_force_on", _("In force from"), lambda row: day(row.in_force_on), sort="in_force_on"),
        Column("authority", _("Authority"), sort="authority"),
        Column("jurisdictions", _("Jurisdictions"), lambda row: ", ".join(map(str, row.places))),
        Column("lines", _("Lines"), lines_text),
        Column("owner", _("Owner"), lambda row: row.owner, sort="owner__full_name"),
        Column("published_on", _("Published"), lambda row: day(row.published_on), sort="published_on", default=False),
        Column("recorded_at", _("Recorded"), lambda row: moment(row.recorded_at), sort="recorded_at", default=False),
    ]
