"""Tags and filters of every page; loaded everywhere without `{% load %}` (settings name them as builtins)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from pages import formats
from pages.charts import Chart

register = template.Library()

# Words for how grave something is, on the grounds that theme.css has; anything else is neutral.
TONES = {
    "green": "green", "low": "green", "success": "green", "done": "green",
    "amber": "amber", "yellow": "amber", "medium": "amber", "warning": "amber",
    "orange": "orange", "high": "orange",
    "red": "red", "error": "red", "failed": "red",
    "critical": "critical",
    "blue": "blue", "info": "blue", "running": "blue",
}  # fmt: skip

for name in ("amount", "compact", "percent", "day", "long_day", "clock", "relative", "duration", "money", "number"):
    register.filter(name, getattr(formats, name))


# Small pieces


@lru_cache(maxsize=512)
def icon_svg(name: str, css: str = "") -> SafeString:
    """An icon of the sprite (scripts/vendor_frontend.py lists them). It is decoration: the words stand beside it."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {css}" if css else "", static("vendor/icons/sprite.svg"), name,
    )  # fmt: skip


def pill_html(label: Any, tone: Any = "") -> SafeString:
    """A word on a ground of its tone: green, amber, orange, red, critical, blue; anything else is neutral."""
    return format_html('<span class="pill pill-{}">{}</span>', TONES.get(str(tone), "neutral"), label)


register.simple_tag(icon_svg, name="icon")
register.simple_tag(pill_html, name="pill")


@register.filter
def tone_of(word: Any) -> str:
    """The tone that a word such as `medium` or `failed` is shown in."""
    return TONES.get(str(word), "neutral")


@register.filter
def moment(value: datetime | None) -> str:
    """An absolute time with the relative one beside it."""
    if value is None:
        return formats.NOTHING
    # Put together by hand, here and in what follows: a list calls it a hundred times, and format_html costs as much as
    # the rest of the cell.
    ago = escape(formats.relative(value))
    return mark_safe(f'{_time(value, formats.moment(value))} <span class="ago">{ago}</span>')


@register.filter
def moment_only(value: datetime | None) -> str:
    """An absolute time; the relative one shows on hover."""
    return formats.NOTHING if value is None else _time(value, formats.moment(value), title=formats.relative(value))


@register.simple_tag
def relative_time(value: datetime | None) -> str:
    """A relative time that app.js keeps right while the page stays open; the absolute one shows on hover."""
    if value is None:
        return formats.NOTHING
    return format_html(
        '<time datetime="{}" title="{}" data-relative>{}</time>',
        value.isoformat(), formats.moment(value), formats.relative(value),
    )  # fmt: skip


def _time(value: datetime, text: str, title: str = "") -> SafeString:
    hover = f' title="{escape(title)}"' if title else ""
    return mark_safe(f'<time datetime="{value.isoformat()}"{hover}>{escape(text)}</time>')


@register.simple_tag
def figure(label: Any, value: Any, url: str = "", tone: str = "", note: Any = "", aside: Any = "") -> SafeString:
    """A number with its name, inside `<dl class="stats">`. `url` opens the rows that it counts; `aside` stands beside
    its name, such as the way to its explanation.
    """
    shown = format_html('<a href="{}">{}</a>', url, value) if url else value
    css = f" text-{TONES[tone]}" if tone in TONES else ""
    return format_html(
        '<div class="stat"><dt>{}{}</dt><dd class="figure{}">{}</dd>{}</div>',
        label, aside, css, shown, format_html('<dd class="stat-note">{}</dd>', note) if note else "",
    )  # fmt: skip


@register.simple_tag
def masked(value: Any, reveal_url: str = "") -> SafeString:
    """A masked value with an eye that asks why, shows it, and closes again after half a minute. See docs/pages.md."""
    if not value:
        return mark_safe(formats.NOTHING)
    if not reveal_url:
        return format_html('<span class="masked">{}</span>', value)
    return format_html(
        '<span class="masked" data-masked="{0}">{0}</span>'
        '<button class="btn-icon" type="button" data-reveal="{1}" aria-label="{2}" title="{2}">{3}</button>',
        value, reveal_url, _("Reveal (you are asked why, and it is logged)"), icon_svg("eye"),
    )  # fmt: skip


@register.simple_tag
def deadline(
    due: date | None, tone: str = "", paused: Any = "", done: bool = False, amber_hours: int = 24, counts: bool = True
) -> SafeString:
    """A chip that counts down: neutral, amber within `amber_hours`, red once it has passed, grey with why while paused.

    The hours here are those of the clock. A room that counts on a working calendar passes the `tone` it has found, and
    where its own count stands beside, `counts=False`: then the chip says the moment.
    """
    if due is None:
        return mark_safe(formats.NOTHING)
    absolute = formats.moment(due) if isinstance(due, datetime) else formats.day(due)
    if paused:
        return _chip("neutral", "clock-pause", _("Paused: %(why)s") % {"why": paused}, absolute)
    if done:
        return _chip("neutral", "check", absolute, absolute)
    said = _countdown(due) if counts else _("due %(when)s") % {"when": absolute}
    return _chip(tone or _urgency(due, amber_hours), "clock", said, absolute)


def _urgency(due: date, amber_hours: int) -> str:
    left = due - timezone.now() if isinstance(due, datetime) else due - timezone.localdate()
    if left < timedelta(0):
        return "red"
    return "amber" if left <= timedelta(hours=amber_hours) else "neutral"


def _countdown(due: date) -> str:
    return _("due %(when)s") % {"when": formats.relative(due)}


def _chip(tone: str, icon: str, text: Any, title: str) -> SafeString:
    said = f"{icon_svg(icon)}{conditional_escape(text)}"
    return mark_safe(
        f'<span class="pill pill-{TONES.get(tone, "neutral")} deadline" title="{escape(title)}">{said}</span>'
    )


@register.simple_tag
def as_of(value: date | None, stale: bool = False) -> SafeString:
    """When the figures of a panel are from; `stale` says that they should be newer."""
    if value is None:
        return pill_html(_("never computed"), "amber")
    text = _("as of %(when)s") % {"when": formats.moment(value) if isinstance(value, datetime) else formats.day(value)}
    if stale:
        return format_html('<span class="pill pill-amber">{} · {}</span>', text, _("stale"))
    return format_html('<span class="sub as-of">{}</span>', text)


@register.filter
def beside(actions: Any) -> list[Any]:
    """The actions that stand as buttons."""
    return [action for action in actions or () if not action.more]


@register.filter
def seldom(actions: Any) -> list[Any]:
    """The actions that stand in the menu behind the buttons."""
    return [action for action in actions or () if action.more]


@register.simple_tag
def disabled_reason(why: Any) -> SafeString:
    """The attributes of a control that cannot be used now: it stays reachable by keyboard, and says why."""
    return format_html('aria-disabled="true" data-why="{0}" aria-description="{0}"', why) if why else mark_safe("")


# Pieces with a template


@register.inclusion_tag("components/empty_state.html")
def empty_state(icon: str, sentence: Any, action: Any = "", url: str = "", title: Any = "") -> dict[str, Any]:
    """What stands where nothing is: a sentence, and the next step."""
    return {"icon": icon, "sentence": sentence, "action": action, "url": url, "title": title}


@register.inclusion_tag("components/chart.html")
def chart(id: str, spec: Chart | dict[str, Any]) -> dict[str, Any]:
    """A chart with its table behind it. `spec` is a pages.charts.Chart, or a dict of its fields with series as name and
    data.
    """
    drawn = spec if isinstance(spec, Chart) else _chart_of(spec)
    return {"id": id, "chart": drawn, "spec": drawn.spec(), "rows": drawn.rows(), "names": list(drawn.series)}


def _chart_of(spec: dict[str, Any]) -> Chart:
    series = {one["name"]: one["data"] for one in spec["series"]}
    from pages.charts import Bound

    bounds = [Bound(**bound) for bound in spec.get("bounds", [])]
    kept = {key: spec[key] for key in ("title", "kind", "unit", "as_of", "x", "urls", "places", "note") if key in spec}
    return Chart(**{"title": "", **kept, "series": series, "bounds": bounds})


@register.simple_tag
def chart_spark(id: str, data: list[Any], label: Any = "") -> SafeString:
    """A line without axes, as small as a word; its figures stand beside it on the page."""
    from django.utils.html import json_script

    spec = {"kind": "spark", "x": [str(place) for place in range(len(data))], "series": [{"name": "", "data": data}]}
    name = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('{}<div class="chart-spark" data-chart="{}" {}></div>', json_script(_plain(spec), id), id, name)


def _plain(spec: dict[str, Any]) -> dict[str, Any]:
    data = spec["series"][0]["data"]
    spec["series"][0]["data"] = [None if value is None else float(value) for value in data]
    return spec


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """What is wrong in a form, in one place: each sentence leads to its field."""
    problems = [(form[name], text) for name, texts in form.errors.items() if name in form.fields for text in texts]
    return {"problems": problems, "general": form.non_field_errors(), "is_wrong": bool(form.errors)}


@register.inclusion_tag("components/progress.html")
def progress(done: int | None, total: int | None, label: Any = "", note: Any = "") -> dict[str, Any]:
    """A bar of work; a total that is not known yet shows a bar that only moves."""
    share = None if not total or done is None else min(done / total, 1)
    return {"done": done, "total": total, "label": label, "note": note, "share": share}


@register.simple_tag
def job_bar(url: str) -> SafeString:
    """A bar that asks `url` every second how far a job is, until it answers with status 286. It sleeps while the page
    is hidden.
    """
    return format_html('<div class="job-bar" hx-get="{}" hx-trigger="load, every 1s" data-poll></div>', url)


# Addresses and names


@register.simple_tag
def url_if_any(name: str, *args: Any) -> str:
    """The address of a URL name, or nothing where the site has none of that name."""
    return address_of(name, args, settings.ROOT_URLCONF)


@lru_cache(maxsize=1_024)
def address_of(name: str, args: tuple[Any, ...], urlconf: str) -> str:
    try:
        return reverse(name, args=args, urlconf=urlconf)
    except NoReverseMatch:
        return ""


@register.simple_tag
def company() -> str:
    return settings.COMPANY_NAME


@register.simple_tag
def idle_seconds() -> int:
    return settings.SESSION_IDLE_SECONDS


@register.filter
def bcp47(language: str | None) -> str:
    """A language code as HTML wants it: zh-hans is zh-Hans."""
    return {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}.get(language or "", language or "en")
