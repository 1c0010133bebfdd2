"""Columns of process maps and of their steps."""

from collections.abc import Mapping

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from identification.models import ElementKind
from pages.columns import Column
from pages.formats import NOTHING, moment, number
from pages.templatetags.pages import pill_html

MAP_TONES = {"draft": "amber", "in_force": "green", "retired": ""}


def map_pill(found):
    return pill_html(found.get_state_display(), MAP_TONES[found.state])


def map_columns():
    return [
        Column("name", _("Process"), sort="name", card="wide"),
        Column("reference", _("No."), sort="reference", mono=True),
        Column("state", _("State"), map_pill, sort="state"),
        Column("line", _("Line"), lambda row: row.line or _("Whole company")),
        Column("owner", _("Owner"), lambda row: row.owner, sort="owner__full_name"),
        Column("steps", _("Steps"), lambda row: number(row.step_count), numeric=True),
        Column("version", _("Newest version"), lambda row: number(row.newest.number), numeric=True),
        Column("saved_at", _("Drawn at"), lambda row: moment(row.newest.saved_at), sort="current__saved_at"),
        Column("saved_by", _("Drawn by"), lambda row: row.newest.saved_by, default=False),
    ]


def step_columns(names: Mapping[str, str]):
    """Columns of the walk through a drawing; `names` says what parts are called by id."""
    called = lambda keys: ", ".join(names.get(key, key) for key in keys) or NOTHING  # noqa: E731
    return [
        Column("position", _("Place"), lambda row: number(row.position), sort="position", numeric=True),
        Column("name", _("Step"), step_name, sort="name", card="wide", wrap=True),
        Column("kind", _("Kind"), lambda row: row.get_kind_display(), sort="kind"),
        Column("lane", _("Lane"), lambda row: row.lane, sort="lane"),
        Column("risks", _("Risks"), lambda row: ", ".join(row.risk_refs) or NOTHING, mono=True),
        Column("controls", _("Controls"), lambda row: ", ".join(row.control_codes) or NOTHING, mono=True),
        Column("comes_from", _("Follows from"), lambda row: called(row.comes_from), wrap=True),
        Column("leads_to", _("Leads to"), lambda row: called(row.leads_to), wrap=True),
    ]


def step_name(row):
    """What a step is called; one without a name by its kind."""
    return row.name or _now("%(kind)s without a name") % {"kind": ElementKind(row.kind).label}
