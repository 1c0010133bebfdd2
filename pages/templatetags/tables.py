from django import template
from django.utils.html import conditional_escape

from pages.columns import render_rows

register = template.Library()


@register.inclusion_tag("components/table.html")
def table(columns, rows, label="", row_url=None, empty=""):
    """A table without filters: rows of one record, such as a customer's accounts. `row_url` opens a row."""
    rows = list(rows)
    return {
        "columns": columns,
        "rows": render_rows(rows, columns, url=row_url),
        "label": conditional_escape(label),
        "is_empty": not rows,
        "empty": empty,
    }
