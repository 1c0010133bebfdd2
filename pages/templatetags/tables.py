from django import template
from django.utils.html import conditional_escape
from django.utils.translation import gettext_lazy as _

from pages.columns import render_rows

register = template.Library()


@register.inclusion_tag("components/table.html")
def table(columns, rows, label="", row_url=None, empty=_("Nothing is here yet.")):
    """A table without filters: rows of one record, such as a customer's accounts. Rows open where `row_url` is given."""
    rows = list(rows)
    return {
        "columns": columns,
        "rows": render_rows(rows, columns, url=row_url),
        "label": conditional_escape(label),
        "is_empty": not rows,
        "empty": empty,
    }
