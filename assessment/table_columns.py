"""Columns of rules of methods and of tables of scales."""

from decimal import Decimal

from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assessment.table_commands import methods_text
from pages.columns import Column
from pages.formats import NOTHING, day, number
from pages.templatetags.pages import pill_html


def _in_force_pill(keys):
    return lambda row: pill_html(_now("In force"), "green") if row.pk in keys else NOTHING


def mix_columns(in_force):
    return [
        Column("novelty", _("Novelty"), lambda row: row.get_novelty_display()),
        Column("data", _("Data"), lambda row: row.get_data_display()),
        Column("methods", _("Methods"), lambda row: methods_text(row.methods), card="wide"),
        Column("why", _("Why"), lambda row: row.reason, wrap=True),
        Column("valid_from", _("From"), lambda row: day(row.valid_from)),
        Column("stands", _("State"), _in_force_pill(in_force)),
    ]


def table_columns(in_force):
    return [
        Column("figure", _("Figure"), lambda row: row.get_figure_display(), card="wide"),
        Column("currency", _("Currency"), lambda row: row.currency or NOTHING, mono=True),
        Column("matrix", _("Matrix"), lambda row: row.matrix),
        Column("side", _("Mapped to"), lambda row: _now("Impact") if row.is_of_impact else _now("Likelihood")),
        Column("bounds", _("Steps begin at"), bounds_text),
        Column("valid_from", _("From"), lambda row: day(row.valid_from)),
        Column("source", _("Source"), source_text),
        Column("stands", _("State"), _in_force_pill(in_force)),
    ]


def bounds_text(table):
    return " · ".join(number(Decimal(bound)) for bound in table.bounds)


def source_text(table):
    if not table.needs_confirmation:
        return table.source or NOTHING
    return format_html("{} {}", _now(table.source), pill_html(_now("Needs confirmation"), "amber"))
