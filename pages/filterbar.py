"""The bar of filters over a list, drawn from a django-filter FilterSet, and the chips of the filters in force."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.forms import BoundField
from django.forms.models import ModelChoiceIteratorValue
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import MultipleChoiceFilter

PARTS = {"after": "from", "min": "from", "before": "to", "max": "to"}


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Control:
    """One filter as the template draws it.

    `kind` is `boxes` (several of many), `one` (one of several), `range` (from and to: two inputs) or `input`. `chosen`
    is how many values are in force.
    """

    bound: BoundField
    kind: str
    label: str
    options: Sequence[Option]
    chosen: int

    @property
    def name(self) -> str:
        return self.bound.name

    @property
    def inputs(self) -> list[dict[str, Any]]:
        """The two ends of a range: what each is called, and its name, type and value."""
        values = self.bound.value() or [None, None]
        widgets = self.bound.field.widget
        suffixes = getattr(widgets, "suffixes", ["min", "max"])
        sort = "date" if "after" in suffixes else "number"
        return [
            {
                "name": f"{self.name}_{suffix}",
                "type": sort,
                "value": value,
                "label": _("From") if PARTS.get(suffix) == "from" else _("To"),
            }
            for suffix, value in zip(suffixes, values, strict=False)
        ]

    @property
    def presets(self) -> list[Span]:
        """Spans of days that are asked for often, for a range of dates; none for other filters."""
        if self.kind != "range" or self.inputs[0]["type"] != "date":
            return []
        today = timezone.localdate()
        month = today.replace(day=1)
        month_before = month - timedelta(days=1)
        return [
            Span(_("Today"), today, today),
            Span(_("Last 7 days"), today - timedelta(days=6), today),
            Span(_("This month"), month, today),
            Span(_("Last month"), month_before.replace(day=1), month_before),
            Span(_("Last 90 days"), today - timedelta(days=89), today),
        ]


@dataclass(frozen=True)
class Span:
    """Days from one to another, both included, under a name."""

    label: str
    first: date
    last: date


class Choices(MultipleChoiceFilter):
    """Several values of a column of the row itself, or of its one companion.

    No row can match twice, so the database is not asked for distinct rows, as the stock filter does: that costs a sort.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"distinct": False, **kwargs})

    def __deepcopy__(self, memo: dict[int, Any]) -> Choices:
        """A list's own filter, without the form field that somebody made of the class's, as the description of the API
        does: what that one offers, which may be nothing, is not what this list will offer."""
        twin = type(self).__new__(type(self))
        memo[id(self)] = twin
        twin.__dict__.update(deepcopy({key: one for key, one in self.__dict__.items() if key != "_field"}, memo))
        return twin


@dataclass(frozen=True)
class Chip:
    """A filter in force: what it says, and which parameter and value a click takes out of the address."""

    text: str
    key: str
    value: str
    url: str


def controls(form: Any, query: QueryDict, *, without: str) -> list[Control]:
    """Return the filters of a bound filter form in their order, except the search field `without`, which stands
    apart.
    """
    return [_control(bound, query) for bound in form if bound.name != without and not bound.is_hidden]


def chosen_controls(form: Any, query: QueryDict, *, without: str) -> list[Control]:
    """Return those of the `controls` that the address names: what the others offer need not be read for their chips."""
    named = [
        bound for bound in form if bound.name != without and not bound.is_hidden and set(names_of(bound)) & {*query}
    ]
    return [_control(bound, query) for bound in named]


def _control(bound: BoundField, query: QueryDict) -> Control:
    options = options_of(bound, query)
    names = names_of(bound)
    chosen = sum(1 for name in names for value in query.getlist(name) if value)
    return Control(bound, _kind(bound, options), str(bound.label), options, chosen)


def _kind(bound: BoundField, options: Sequence[Option]) -> str:
    if len(names_of(bound)) > 1:
        return "range"
    if getattr(bound.field.widget, "allow_multiple_selected", False):
        return "boxes"
    return "one" if options else "input"


def names_of(bound: BoundField) -> list[str]:
    """The parameters that a filter reads: its own name, or for a range the name with each suffix."""
    suffixes = getattr(bound.field.widget, "suffixes", None)
    return [f"{bound.name}_{suffix}" for suffix in suffixes] if suffixes else [bound.name]


def options_of(bound: BoundField, query: QueryDict) -> list[Option]:
    """The choices of a field, without its empty one; read once, for a choice of records costs a query."""
    chosen = set(query.getlist(bound.name))
    choices = getattr(bound.field, "choices", None) or getattr(bound.field.widget, "choices", None) or []
    return [
        Option(text, str(label), text in chosen)
        for value, label in _flat(choices)
        if (text := _text(value)) not in ("", "unknown")
    ]


def _flat(choices: Any) -> Any:
    for value, label in choices:
        yield from label if isinstance(label, (list, tuple)) else [(value, label)]


def _text(value: Any) -> str:
    return "" if value is None else str(value.value if isinstance(value, ModelChoiceIteratorValue) else value)


def chips(found: Sequence[Control], query: QueryDict, path: str) -> list[Chip]:
    """Return one chip for each value in force."""
    return [
        Chip(_said(control, name, value), name, value, address_without(query, path, name, value))
        for control in found
        for name in names_of(control.bound)
        for value in query.getlist(name)
        if value
    ]


def _said(control: Control, name: str, value: str) -> str:
    label = next((option.label for option in control.options if option.value == value), value)
    part = PARTS.get(name.removeprefix(f"{control.name}_"), "") if control.kind == "range" else ""
    if part == "from":
        return _("%(filter)s from %(value)s") % {"filter": control.label, "value": label}
    if part == "to":
        return _("%(filter)s to %(value)s") % {"filter": control.label, "value": label}
    return _("%(filter)s: %(value)s") % {"filter": control.label, "value": label}


def address_without(query: QueryDict, path: str, name: str, value: str) -> str:
    """The address with one value of one parameter taken out, back on the first page."""
    left = query.copy()
    left.setlist(name, [kept for kept in query.getlist(name) if kept != value])
    for gone in ("cursor", "preview", "view"):
        left.pop(gone, None)
    return f"{path}?{left.urlencode()}" if left.urlencode() else path
