"""The builder of rules as the page draws it: what may be chosen at each part, and what the rule says and finds so far."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from customers.criteria import FIELDS, GROUPS, explain, field_named
from customers.criteria.fields import LISTED, Kind
from marketing.models import Segment
from marketing.rules.drafts import DEEPEST, Condition, Group, rule_of
from marketing.services.segment_counts import Found, live_count
from marketing.services.segments import checked_rule

KINDS = {one.name: one.kind.value if one.choices or one.kind not in LISTED else "words" for one in FIELDS}
MOST_SHOWN = 8


@dataclass
class Part:
    """A part as it is drawn."""

    path: str
    is_group: bool
    number: str
    join: str = ""
    parts: list[Part] = dataclasses.field(default_factory=list)
    may_nest: bool = False
    field: str = ""
    op: str = ""
    ops: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    values: list[str] = dataclasses.field(default_factory=list)
    second: str = ""
    control: str = ""  # choices, words, number, day, yes, none
    choices: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    hint: str = ""

    @property
    def value(self) -> str:
        return ", ".join(self.values)

    @property
    def size(self) -> int:
        return min(max(len(self.choices), 2), MOST_SHOWN)

    @property
    def has_two(self) -> bool:
        return self.op == "between"


class Builder:
    """A draft with its choices, its words and its count; `trouble` is the sentence of what is wrong with it."""

    def __init__(self, draft: Group, *, user: Any, day: date, segment: Segment | None = None):
        self.user, self.day, self.draft = user, day, draft
        named = Segment.objects.visible_to(user).standing()
        self.segments = [
            (one.code, one.name)
            for one in (named.exclude(pk=segment.pk) if segment else named).order_by("name").only("code", "name")
        ]
        self._choices: dict[str, list[tuple[str, str]]] = {}
        self.top = self._group(draft, "")
        self.rule: Any = None
        self.words, self.trouble, self.found = "", "", Found(None)
        self._read()

    @property
    def joins(self) -> list[tuple[str, str]]:
        return [("all", _("All of")), ("any", _("Any of")), ("none", _("None of")), ("not_all", _("Not all of"))]

    @property
    def fields(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What may be asked, in groups."""
        seen = [one for one in FIELDS if not one.needs or self.user.has_perm(one.needs)]
        groups = [
            (str(label), [(one.name, str(one.label)) for one in seen if one.group == name])
            for name, label in GROUPS.items()
        ]
        return [*groups, (_("Segments"), [("segment", _("Member of a segment"))])] if self.segments else groups

    def _read(self) -> None:
        try:
            rule = rule_of(self.draft, KINDS)
            if not any(rule.get(join) for join in ("all", "any")) and "not" not in rule:
                return
            self.rule = checked_rule(self.user, rule)
            self.words, self.found = explain(self.rule), live_count(self.rule, day=self.day)
        except (ValidationError, PermissionDenied) as error:
            self.trouble = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)

    def _group(self, group: Group, number: str) -> Part:
        parts = [
            self._group(part, f"{number}{place}.")
            if isinstance(part, Group)
            else self._condition(part, f"{number}{place}")
            for place, part in enumerate(group.parts, start=1)
        ]
        may_nest = group.depth < DEEPEST - 2
        return Part(group.path, True, number.rstrip("."), join=group.join, parts=parts, may_nest=may_nest)

    def _condition(self, part: Condition, number: str) -> Part:
        drawn = Part(part.path, False, number, field=part.field, op=part.op, values=part.values, second=part.second)
        if part.field == "segment":
            drawn.ops = [("in", _("is in")), ("out", _("is not in"))]
            drawn.control, drawn.choices = "one", self.segments
        elif asked := field_named(part.field):
            drawn.ops = [(name, str(label)) for name, label in asked.operators.items()]
            drawn.hint = str(asked.hint)
            drawn.choices = self._choices_of(part.field)
            drawn.op = part.op = part.op if part.op in asked.operators else next(iter(asked.operators))
            drawn.control = _control(asked.kind, drawn.op, bool(drawn.choices))
        if drawn.control == "one" and not drawn.values and drawn.choices:
            drawn.values = part.values = [drawn.choices[0][0]]
        return drawn

    def _choices_of(self, name: str) -> list[tuple[str, str]]:
        """The choices of a field, asked for once however many conditions have it."""
        if name not in self._choices:
            asked = field_named(name)
            self._choices[name] = asked.shown_choices() if asked else []
        return self._choices[name]


def _control(kind: Kind, op: str, has_choices: bool) -> str:
    if op == "known":
        return "none"
    if kind is Kind.FLAG:
        return "yes"
    if kind in LISTED:
        return "choices" if has_choices else "words"
    return "day" if kind is Kind.DATE and op in ("before", "after", "between") else "number"
