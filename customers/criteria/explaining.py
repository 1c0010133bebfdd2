"""A rule in words, in the reader's language."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.criteria.catalogue import NAMED
from customers.criteria.fields import LISTED, Field, Kind
from customers.criteria.named_segments import names_of
from customers.criteria.trees import Tree, segments_of
from pages.formats import day as written_day
from pages.formats import number

SHOWN = 6  # values of a list that are named


@dataclass(frozen=True)
class Line:
    """One line of a rule laid out: how deep it stands, its words, and whether it opens a group."""

    depth: int
    text: str
    is_group: bool = False


def explain(tree: Tree) -> str:
    """Return a valid rule as one sentence, with brackets around groups within groups."""
    return _words(tree, names_of(segments_of(tree)), is_top=True)


def outline(tree: Tree) -> list[Line]:
    """Return a valid rule as lines, each group followed by its parts one step deeper."""
    return _lines(tree, names_of(segments_of(tree)), 0, "")


def _words(node: Tree, names: dict[str, str], *, is_top: bool = False) -> str:
    if "not" in node:
        return _("not (%(condition)s)") % {"condition": _words(node["not"], names, is_top=True)}
    for join, word in (("all", _("and")), ("any", _("or"))):
        if join in node:
            text = f" {word} ".join(_words(part, names) for part in node[join])
            return text if is_top or len(node[join]) == 1 else f"({text})"
    return condition_words(node, names)


def _lines(node: Tree, names: dict[str, str], depth: int, before: str) -> list[Line]:
    if "not" in node:
        return _lines(node["not"], names, depth, f"{before}{_('not:')} ")
    for join, heading in (("all", _("all of these:")), ("any", _("any of these:"))):
        if join in node:
            parts = [line for part in node[join] for line in _lines(part, names, depth + 1, "")]
            return [Line(depth, before + heading, is_group=True), *parts]
    return [Line(depth, before + condition_words(node, names))]


def condition_words(node: Tree, names: dict[str, str]) -> str:
    """Return one condition in words; `names` are those of segments by their codes."""
    if "segment" in node:
        return _("in the segment “%(name)s”") % {"name": names.get(node["segment"], node["segment"])}
    field, op, value = NAMED[node["field"]], node["op"], node.get("value")
    if field.kind is Kind.FLAG:
        return _("%(field)s: %(value)s") % {"field": field.label, "value": _("yes") if value else _("no")}
    if op == "known":
        return _("%(field)s is known") % {"field": field.label}
    if field.kind in LISTED:
        return _listed(field, op, value)
    if op in ("within_last", "older_than", "within_next"):
        return _relative(field, op, value)
    if op == "between":
        first, last = (_shown(field, one) for one in value)
        return _("%(field)s between %(first)s and %(last)s") % {"field": field.label, "first": first, "last": last}
    return f"{field.label} {_sign(op)} {_shown(field, value)}"


def _sign(op: str) -> str:
    return {
        "ge": _("is at least"), "le": _("is at most"), "gt": _("is above"), "lt": _("is below"), "eq": _("equals"),
        "before": _("before"), "after": _("after"),
    }[op]  # fmt: skip


def _listed(field: Field, op: str, value: list[Any]) -> str:
    labels = dict(field.shown_choices()) if field.has_words else {}
    words = [labels.get(str(one)) or str(one) or "–" for one in value[:SHOWN]]
    if len(value) > SHOWN:
        words.append(_("%(n)d more") % {"n": len(value) - SHOWN})
    pattern = {
        "in": _("%(field)s is %(values)s"),
        "not_in": _("%(field)s is not %(values)s"),
        "any": _("%(field)s: any of %(values)s"),
        "all": _("%(field)s: all of %(values)s"),
        "none": _("%(field)s: none of %(values)s"),
    }[op]
    between = _(" or ") if op in ("in", "not_in") else ", "
    return pattern % {"field": field.label, "values": between.join(words)}


def _relative(field: Field, op: str, days: int) -> str:
    pattern = {
        "within_last": ngettext("%(field)s in the last %(n)d day", "%(field)s in the last %(n)d days", days),
        "older_than": ngettext("%(field)s more than %(n)d day ago", "%(field)s more than %(n)d days ago", days),
        "within_next": ngettext("%(field)s in the next %(n)d day", "%(field)s in the next %(n)d days", days),
    }[op]
    return pattern % {"field": field.label, "n": days}


def _shown(field: Field, value: Any) -> str:
    if field.kind is Kind.DATE:
        return written_day(date.fromisoformat(value))
    return number(Decimal(value)) if field.kind in (Kind.NUMBER, Kind.MONEY) else str(value)
