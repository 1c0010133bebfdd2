"""Columns of the lists of incidents, losses and crises."""

from django.utils.translation import gettext_lazy as _

from incidents.columns import severity_pill
from pages.columns import Column
from pages.formats import NOTHING, amount, day, duration, moment, number
from pages.templatetags.pages import pill_html
from products.models import LineCode

LINES = dict(LineCode.choices)

STAGES = {
    "open": (_("Open"), "red"),
    "contained": (_("Contained"), "amber"),
    "resolved": (_("Resolved"), "info"),
    "closed": (_("Closed"), "green"),
}


def stage_pill(incident):
    return pill_html(*STAGES[incident.stage])


def incident_columns():
    return [
        Column("reference", _("No."), sort="reference", mono=True),
        Column("title", _("Title"), sort="title", card="wide"),
        Column("kind", _("Kind"), lambda row: row.get_kind_display(), sort="kind"),
        Column("severity", _("Severity"), severity_pill),
        Column("stage", _("State"), stage_pill),
        Column("next_due", _("Next notice"), lambda row: moment(row.next_due)),
        Column("detected_at", _("Detected"), lambda row: moment(row.detected_at), sort="detected_at"),
        Column("to_detect", _("Time to detect"), lambda row: duration(row.time_to_detect)),
        Column("to_contain", _("Time to contain"), lambda row: duration(row.time_to_contain)),
        Column("owner", _("Owner"), lambda row: row.owner, sort="owner__full_name"),
        Column("line", _("Line"), lambda row: row.line or _("Whole company"), default=False),
    ]


def loss_columns():
    return [
        Column("reference", _("No."), sort="reference", mono=True),
        Column("title", _("Title"), sort="title", card="wide"),
        Column("occurred_on", _("Occurred"), lambda row: day(row.occurred_on), sort="occurred_on"),
        Column(
            "discovered_on", _("Discovered"), lambda row: day(row.discovered_on), sort="discovered_on", default=False
        ),
        Column("accounted_on", _("Accounted"), lambda row: day(row.accounted_on), sort="accounted_on"),
        Column("currency", _("Currency")),
        Column("gross", _("Gross"), lambda row: amount(row.gross), sort="gross", numeric=True),
        Column("recovery", _("Recoveries"), lambda row: amount(row.recovery), numeric=True),
        Column("insurance", _("Insurance"), lambda row: amount(row.insurance), numeric=True),
        Column("net", _("Net"), lambda row: amount(row.net), sort="net", numeric=True),
        Column("unmatched", _("Not explained"), lambda row: amount(row.unmatched), numeric=True),
        Column("risk", _("Risk"), lambda row: row.risk.reference if row.risk else NOTHING, mono=True),
        Column("basel_type", _("Basel event type"), lambda row: row.basel_type or NOTHING, wrap=True),
    ]


def loss_sum_columns():
    return [
        Column("year", _("Discovered in"), lambda row: str(row.year), mono=True),
        Column(
            "basel_type",
            _("Basel event type"),
            lambda row: row.basel_type or _("Without a type"),
            link=True,
            card="wide",
        ),
        Column("line", _("Line"), lambda row: LINES.get(row.line, row.line) if row.line else _("Whole company")),
        Column("currency", _("Currency"), mono=True),
        Column("losses", _("Losses"), lambda row: number(row.losses), numeric=True),
        Column("gross", _("Gross"), lambda row: amount(row.gross), numeric=True),
        Column("recovered", _("Recovered"), lambda row: amount(row.recovered), numeric=True),
        Column("net", _("Net"), lambda row: amount(row.net), numeric=True),
    ]


def crisis_columns():
    return [
        Column("reference", _("No."), sort="reference", mono=True),
        Column("title", _("Title"), card="wide"),
        Column("authority", _("By which authority"), lambda row: row.authority),
        Column("declared_at", _("Declared"), lambda row: moment(row.declared_at), sort="declared_at"),
        Column("declared_by", _("Declared by"), lambda row: row.declared_by),
        Column("ended_at", _("Ended"), lambda row: moment(row.ended_at), sort="ended_at"),
    ]
