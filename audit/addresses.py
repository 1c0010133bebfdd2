"""Addresses as the log sees them: pages of upper rooms by name, and what may be kept of an address as it is."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, ResolverMatch, reverse

from audit.records import record_named

LONGEST_PATH = 200
LARGEST_KEY = 10**10  # a telephone number has eleven digits


def address_if_any(name: str, *args: Any) -> str:
    """Return the address of a page, or an empty text where no room has such a page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True)
class Told:
    """What an event says of an address: the page, the record it names, and the path, hidden where it may name
    somebody.
    """

    table: str
    pk: str
    detail: dict[str, str]
    personal: dict[str, str] | None


def told_of(path: str, route: ResolverMatch | None) -> Told:
    """Return what an event may keep of an address.

    A path is kept as it is where it names a record of ours or a key; what else stands in it may be somebody's number
    that was tried, so it is kept as a hash.
    """
    table, pk = record_named(route.kwargs) if route else ("", "")
    page, path = route.view_name if route else "", path[:LONGEST_PATH]
    if table or not route or all(_is_key(value) for value in route.kwargs.values()):
        return Told(table, pk, {"page": page, "path": path}, None)
    return Told("", "", {"page": page}, {"path": path})


def _is_key(value: object) -> bool:
    return isinstance(value, int) and value < LARGEST_KEY
