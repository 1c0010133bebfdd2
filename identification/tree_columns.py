"""Columns of cause trees."""

from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import moment, number


def tree_columns():
    return [
        Column("reference", _("No."), sort="reference", mono=True),
        Column("top_event", _("Top event"), sort="top_event", card="wide"),
        Column("nodes", _("Causes"), lambda row: number(row.node_count), numeric=True),
        Column("roots", _("Root causes"), lambda row: number(row.roots), numeric=True),
        Column("line", _("Line"), lambda row: row.line or _("Whole company"), sort="line__position"),
        Column("begun_by", _("Begun by"), lambda row: row.begun_by),
        Column("begun_at", _("Begun"), lambda row: moment(row.begun_at), sort="begun_at"),
    ]
