"""The frame round every page and the bar over every list: rendered once, kept, and only filled in for each request.

The side bar, the top bar, the dialogs and the filters are more than half the cost of a dense list, and are the same for
thousands of requests.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from pages.templatetags.pages import address_of

register = template.Library()

KEPT: dict[tuple[Any, ...], SafeString] = {}
MOST_KEPT = 2_000
# What differs from request to request stands in kept text as one of these marks, which no person can type.
TOKEN_MARK, PLACE_MARK = "\ue000token\ue000", "\ue000place\ue000"


@register.simple_tag(takes_context=True)
def side_bar(context: template.Context) -> SafeString:
    """The places that this person may open, the one this page lies under marked."""
    navigation = context.get("navigation") or []
    places = [place for _title, places in navigation for place in places]
    names = tuple(place.url_name for place in places)
    here = _current(context["request"].path if "request" in context else "", places)
    return kept("components/side.html", names, here, context={"navigation": navigation, "here": here})


@register.simple_tag(takes_context=True)
def top_bar(context: template.Context) -> SafeString:
    """Search, notifications, language, theme and account, in the name of whoever is signed in."""
    user, request = context.get("user"), context.get("request")
    person = ()
    if user and user.is_authenticated:
        person = (user.pk, str(user), user.email, frozenset(user.get_all_permissions()))
    shown = kept(
        "components/top.html", *person, context={
            "user": user, "perms": context.get("perms"), "csrf_token": TOKEN_MARK, "place": PLACE_MARK,
        }
    )  # fmt: skip
    # A page that refuses says nothing back that somebody typed into an address.
    is_refusal = request is None or context.get("exception") is not None
    return _filled(shown, context, place="/" if is_refusal else request.get_full_path())


@register.simple_tag(takes_context=True)
def list_bar(context: template.Context) -> SafeString:
    """The filters of a list and what one does with its rows; kept as long as no filter is in force."""
    listing = context["list"]
    values = {"list": listing, "csrf_token": TOKEN_MARK}
    facts = listing.bar_facts
    shown = render_to_string("components/list_bar.html", values) if facts is None else kept(
        "components/list_bar.html", *facts, context=values
    )  # fmt: skip
    return _filled(shown, context)


@register.simple_tag
def fixed(template_name: str) -> SafeString:
    """A template that depends on nothing but the language."""
    return kept(template_name)


def kept(template_name: str, *facts: Any, context: dict[str, Any] | None = None) -> SafeString:
    """Render a template, once for each language and each of the `facts` that it depends on."""
    key = (template_name, get_language(), settings.ROOT_URLCONF, *facts)
    if key not in KEPT or settings.DEBUG:
        if len(KEPT) >= MOST_KEPT:
            KEPT.clear()
        KEPT[key] = render_to_string(template_name, context)
    return KEPT[key]


def _filled(shown: str, context: template.Context, place: str = "") -> SafeString:
    """Put this request's token and address in the place of their marks."""
    filled = shown.replace(TOKEN_MARK, str(context.get("csrf_token", ""))) if TOKEN_MARK in shown else shown
    return mark_safe(filled.replace(PLACE_MARK, escape(place)))


def _current(path: str, places: list[Any]) -> str:
    """The address of the side bar that a path lies under: that of the place with the longest address it begins with."""
    urls = {_address(name): place.url_name for place in places for name in (place.url_name, *place.also)}
    under = max((url for url in urls if path == url or (len(url) > 1 and path.startswith(url))), key=len, default="")
    return _address(urls[under]) if under else ""


def _address(name: str) -> str:
    return address_of(name, (), settings.ROOT_URLCONF)
