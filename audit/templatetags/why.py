"""The way from a number to how it came about."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pages.templatetags.pages import icon_svg

register = template.Library()


@register.simple_tag
def why(subject: str, record: Any, figure: str, label: Any) -> SafeString:
    """A small sign beside a figure that opens its explanation; `label` is what the figure is called."""
    name = _("Explain: %(figure)s") % {"figure": label}
    url = reverse("audit:explain", args=[subject, record, figure])
    return format_html(
        '<a class="why" href="{}" data-aside aria-label="{}" title="{}">{}</a>',
        url,
        name,
        name,
        icon_svg("help-circle"),
    )
