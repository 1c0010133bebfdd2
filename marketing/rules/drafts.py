"""A rule as the builder's form holds it, finished or not. Pure: fields of a form come in, a tree comes out, and back.

Each part has a path such as `0-2-1`; the fields of a part are named by a letter and the path: `j` joins a group, `n` says how
many parts it has, `f` a condition's field, `o` its operator, `v` its values, `w` the second of two."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

MOST_PARTS = 50
DEEPEST = 10
JOINS = {"all": ("all", False), "any": ("any", False), "not_all": ("all", True), "none": ("any", True)}


class Fields(Protocol):
    def get(self, name: str, default: Any = None, /) -> Any: ...

    def getlist(self, name: str, /) -> list[str]: ...


@dataclass
class Condition:
    path: str
    field: str = ""
    op: str = ""
    values: list[str] = dataclasses.field(default_factory=list)
    second: str = ""
    is_group = False


@dataclass
class Group:
    path: str
    join: str = "all"
    parts: list[Condition | Group] = dataclasses.field(default_factory=list)
    is_group = True

    @property
    def depth(self) -> int:
        return self.path.count("-")


def read_draft(fields: Fields, path: str = "0") -> Group:
    """Return the group that a form holds at `path`; what is missing or nonsense becomes an empty part."""
    group = Group(path, fields.get(f"j-{path}", "all"))
    if group.join not in JOINS:
        group.join = "all"
    count = str(fields.get(f"n-{path}", "0"))
    for number in range(min(int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 0, MOST_PARTS)):
        below = f"{path}-{number}"
        if fields.get(f"n-{below}") is not None and group.depth < DEEPEST:
            group.parts.append(read_draft(fields, below))
        else:
            group.parts.append(_condition(fields, below))
    return group


def _condition(fields: Fields, path: str) -> Condition:
    return Condition(
        path,
        fields.get(f"f-{path}", ""),
        fields.get(f"o-{path}", ""),
        fields.getlist(f"v-{path}"),
        fields.get(f"w-{path}", ""),
    )


def acted(draft: Group, act: str) -> Group:
    """Return a draft after a button: `add:0-1` a condition, `group:0-1` a group, `remove:0-1` a part of its group."""
    verb, _colon, path = act.partition(":")
    if verb in ("add", "group"):
        group = _group_at(draft, path)
        if group and len(group.parts) < MOST_PARTS:
            new: Condition | Group = Condition("") if verb == "add" else Group("", "any", [Condition("")])
            group.parts.append(new)
    elif verb == "remove" and "-" in path:
        above, _dash, number = path.rpartition("-")
        group = _group_at(draft, above)
        if group and number.isdigit() and int(number) < len(group.parts):
            del group.parts[int(number)]
    return numbered(draft)


def _group_at(group: Group, path: str) -> Group | None:
    if group.path == path:
        return group
    for part in group.parts:
        if isinstance(part, Group) and (found := _group_at(part, path)):
            return found
    return None


def numbered(group: Group, path: str = "0") -> Group:
    """Give every part the path of its place."""
    group.path = path
    for number, part in enumerate(group.parts):
        if isinstance(part, Group):
            numbered(part, f"{path}-{number}")
        else:
            part.path = f"{path}-{number}"
    return group


def rule_of(draft: Group, kinds: Mapping[str, str]) -> dict[str, Any]:
    """Return a draft as a rule, which may still be refused; `kinds` are the kinds of fields by their names.

    Conditions without a field are left out."""
    join, negated = JOINS[draft.join]
    parts = [
        rule_of(part, kinds) if isinstance(part, Group) else _rule_of_condition(part, kinds)
        for part in draft.parts
        if isinstance(part, Group) or part.field
    ]
    group = {join: parts}
    return {"not": group} if negated else group


def _rule_of_condition(part: Condition, kinds: Mapping[str, str]) -> dict[str, Any]:
    if part.field == "segment":
        named = {"segment": part.values[0] if part.values else ""}
        return {"not": named} if part.op == "out" else named
    return {"field": part.field, "op": part.op, "value": _value(part, kinds.get(part.field, ""))}


def _value(part: Condition, kind: str) -> Any:
    if kind == "flag":
        return part.values[:1] != ["no"]
    if kind == "words":
        return [one.strip() for text in part.values for one in re.split("[,，、]", text) if one.strip()]
    if kind in ("choice", "month", "set", "held", "consent"):
        return part.values
    first = part.values[0] if part.values else ""
    return [first, part.second] if part.op == "between" else first


def draft_of(rule: Mapping[str, Any] | None) -> Group:
    """Return a valid rule as a draft: a condition alone, or one that is denied, in a group of its own."""
    if not rule:
        return numbered(Group("0", "all", [Condition("")]))
    made = _drafted(rule, negated=False)
    return numbered(made if isinstance(made, Group) else Group("0", "all", [made]))


def _drafted(node: Mapping[str, Any], *, negated: bool) -> Condition | Group:
    if "not" in node:
        return _drafted(node["not"], negated=not negated)
    for join in ("all", "any"):
        if join in node:
            name = {("all", True): "not_all", ("any", True): "none"}.get((join, negated), join)
            return Group("", name, [_drafted(part, negated=False) for part in node[join]])
    if "segment" in node:
        return Condition("", "segment", "out" if negated else "in", [node["segment"]])
    made = _condition_of(node)
    return Group("", "none", [made]) if negated else made


def _condition_of(node: Mapping[str, Any]) -> Condition:
    value = node.get("value")
    if isinstance(value, bool):
        return Condition("", node["field"], node["op"], ["yes" if value else "no"])
    if isinstance(value, list) and node["op"] == "between":
        return Condition("", node["field"], node["op"], [str(value[0])], str(value[1]))
    values = value if isinstance(value, list) else [] if value is None else [value]
    return Condition("", node["field"], node["op"], [str(one) for one in values])
