from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext as _

from pages import formats

register = template.Library()
TONES = {"green": "green", "amber": "yellow", "yellow": "yellow", "red": "red", "low": "green", "medium": "yellow", "high": "orange",
         "critical": "critical"}


def icon_svg(name):
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("vendor/icons/sprite.svg"), name)


def pill_html(label, tone=""):
    """A word on a ground of its tone: green, amber, red, low … critical; anything else is neutral."""
    return format_html('<span class="pill pill-{}">{}</span>', TONES.get(str(tone), "secondary"), label)


register.simple_tag(icon_svg, name="icon")
register.simple_tag(pill_html, name="pill")
register.filter("number", formats.number)
register.filter("amount", formats.amount)
register.filter("money", formats.money)
register.filter("compact", formats.compact)
register.filter("percent", formats.percent)
register.filter("day", formats.day)
register.filter("relative", formats.relative)
register.filter("duration", formats.duration)


@register.filter
def moment(value):
    """An absolute time with the relative one in its title."""
    if value is None:
        return formats.NOTHING
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), formats.relative(value), formats.moment(value))


@register.simple_tag
def figure(label, value, url="", tone="", note=""):
    """A number with its name that opens its rows."""
    shown = format_html('<a href="{}">{}</a>', url, value) if url else value
    return format_html('<div class="stat"><dt>{}</dt><dd class="num {}">{}</dd>{}</div>', label, f"text-{tone}-x" if tone else "", shown,
                       format_html('<p class="stat-note">{}</p>', note) if note else "")


@register.inclusion_tag("components/chart.html")
def chart(id, spec):
    """A chart with its table behind. `spec`: kind (line, area, bar, stacked), title, unit, as_of, x, series of name and data."""
    rows = [[x, *(series["data"][place] for series in spec["series"])] for place, x in enumerate(spec["x"])]
    return {"id": id, "spec": spec, "rows": rows, "label": spec.get("title") or _("Chart")}


@register.simple_tag
def chart_spark(id, data):
    from django.utils.html import json_script

    spec = {"kind": "spark", "x": list(range(len(data))), "series": [{"name": "", "data": data}]}
    return format_html('{}<div class="chart-spark" data-chart="{}" aria-hidden="true"></div>', json_script(spec, id), id)
