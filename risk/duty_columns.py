"""Columns of the lists of conflicts of duties and of accepted ones."""

from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import day
from pages.templatetags.pages import pill_html


def exception_columns(names, today):
    """`names` are the words of duties."""
    return [
        Column("person", _("Person"), lambda row: row.person, link=True),
        Column("first", _("One duty"), lambda row: names.get(row.rule.first, row.rule.first)),
        Column("second", _("Other duty"), lambda row: names.get(row.rule.second, row.rule.second)),
        Column("compensation", _("What makes up for it"), lambda row: row.compensation, card="wide"),
        Column("control", _("Compensating control"), lambda row: row.control or ""),
        Column("reason", _("Reason"), lambda row: row.reason, card="wide"),
        Column("valid_from", _("From"), lambda row: day(row.valid_from)),
        Column("valid_until", _("Until"), lambda row: day(row.valid_until)),
        Column("state", _("State"), lambda row: _state(row, today)),
    ]


def _state(row, today):
    if row.valid_until < today:
        return pill_html(_("Expired"), "red")
    return pill_html(_("Accepted"), "green")
