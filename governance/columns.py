"""Columns of the room's lists."""

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import NOTHING, day, moment, number
from pages.templatetags.pages import pill_html


def review_text(policy):
    """The day of the next review, with a word where it has passed."""
    if policy.review_on is None:
        return NOTHING
    if policy.review_on >= timezone.localdate():
        return day(policy.review_on)
    return format_html("{} {}", day(policy.review_on), pill_html(_now("Overdue"), "red"))


def policy_columns():
    return [
        Column("name", _("Policy"), sort="name", card="wide"),
        Column("code", _("Code"), sort="code", mono=True),
        Column("kind", _("Kind"), lambda policy: policy.get_kind_display(), sort="kind"),
        Column("in_force", _("Version in force"), lambda policy: policy.in_force or NOTHING),
        Column("since", _("Since"), lambda policy: day(policy.since) if policy.since else NOTHING),
        Column("line", _("Line"), lambda policy: policy.line or _("Whole company")),
        Column("owner", _("Owner"), lambda policy: policy.owner, sort="owner__full_name"),
        Column("review_on", _("Next review"), review_text, sort="review_on"),
        Column("parent", _("Stands under"), lambda policy: policy.parent or NOTHING, default=False),
    ]


def standing_pill(attestation):
    if attestation.confirmed_at:
        return pill_html(_now("Confirmed"), "green")
    if attestation.left_on or not attestation.person.is_active:
        return pill_html(_now("Left the audience"), "")
    overdue = attestation.due_on < timezone.localdate()
    return pill_html(_now("Overdue"), "red") if overdue else pill_html(_now("Waiting"), "amber")


def attestation_columns():
    return [
        Column("person", _("Person"), lambda row: row.person, sort="person__full_name"),
        Column("policy", _("Policy"), lambda row: row.version.policy, sort="version__policy__name", card="wide"),
        Column("version", _("Version"), lambda row: row.version.number, numeric=True),
        Column("standing", _("State"), standing_pill),
        Column("due_on", _("Due"), lambda row: day(row.due_on), sort="due_on"),
        Column("confirmed_at", _("Confirmed at"), lambda row: moment(row.confirmed_at), sort="confirmed_at"),
        Column("asked_at", _("Asked at"), lambda row: moment(row.asked_at), sort="asked_at", default=False),
        Column("sha256", _("SHA-256 of the text"), lambda row: row.sha256[:16] or NOTHING, mono=True, default=False),
    ]


def area_columns():
    return [
        Column("name", _("Area of duties"), sort="name", card="wide"),
        Column("code", _("Code"), sort="code", mono=True),
        Column("in_force", _("Version in force"), lambda area: area.in_force or NOTHING),
        Column("since", _("Since"), lambda area: day(area.since) if area.since else NOTHING),
        Column("activities", _("Activities"), lambda area: number(area.activities or 0), numeric=True),
        Column("line", _("Line"), lambda area: area.line or _("Whole company")),
        Column("owner", _("Owner"), lambda area: area.owner, sort="owner__full_name"),
    ]


def _with(letter):
    """The departments of a duty whose part has a letter."""
    return lambda duty: ", ".join(str(cell.department) for cell in duty.cells.all() if letter in cell.part)


def duty_columns():
    return [
        Column("activity", _("Activity"), sort="activity", card="wide"),
        Column("area", _("Area of duties"), lambda duty: duty.matrix.area, sort="matrix__area__name"),
        Column("accountable", _("Accountable"), _with("A")),
        Column("responsible", _("Responsible"), _with("R")),
        Column("consulted", _("Consulted"), _with("C")),
        Column("informed", _("Informed"), _with("I")),
    ]


def _part_of(department):
    """What one department does in an activity."""
    return lambda duty: next((cell.part for cell in duty.cells.all() if cell.department_id == department.pk), NOTHING)


def matrix_columns(departments):
    """A column for the activity and one for each department, as a RACI chart is drawn."""
    return [
        Column("position", _("Place"), lambda duty: duty.position, numeric=True, sort="position"),
        Column("activity", _("Activity"), sort="activity", card="wide"),
        *[Column(f"department_{one.pk}", str(one), _part_of(one), mono=True) for one in departments],
    ]
