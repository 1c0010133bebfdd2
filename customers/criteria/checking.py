"""Whether a rule can be read; if not, a sentence that says where it goes wrong."""

import json
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.criteria.catalogue import field_named
from customers.criteria.fields import LISTED, Field, Kind
from customers.criteria.named_segments import names_of
from customers.criteria.trees import JOINS, Tree, segments_of

DEEPEST = 10
MOST_CONDITIONS = 100
MOST_VALUES = 500
LONGEST = 80
FURTHEST_DAYS = 36_500
GREATEST = Decimal(10) ** 15


def validate(tree: Any) -> Tree:
    """Return a rule with its values in one form; ValidationError with a sentence, and the place, for what is no rule."""
    rule = normalised(tree)
    named = segments_of(rule)
    if unknown := sorted(set(named) - set(names_of(named))):
        raise ValidationError(_("There is no segment %(code)s.") % {"code": unknown[0]})
    return rule


def normalised(tree: Any) -> Tree:
    """As `validate`, without asking whether the segments that it names exist."""
    count = [0]
    return _node(tree, (), count)


def canonical(tree: Any) -> str:
    """Return a rule as text that is the same for every order of its groups and lists."""
    return _text(_sorted(normalised(tree)))


def sha256_of(tree: Any) -> str:
    """Return the hash of a rule: equal for rules that say the same with their parts in another order."""
    return sha256(canonical(tree).encode()).hexdigest()


def _text(tree: Tree) -> str:
    return json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _sorted(node: Tree) -> Tree:
    for join in JOINS:
        if join in node:
            return {join: sorted((_sorted(part) for part in node[join]), key=_text)}
    return {"not": _sorted(node["not"])} if "not" in node else node


def _node(node: Any, path: tuple[int, ...], count: list[int]) -> Tree:
    if not isinstance(node, dict):
        raise _wrong(path, _("a condition or a group is expected here."))
    if len(path) > DEEPEST:
        raise _wrong(
            path, _("groups stand at most %(n)d deep in each other: make a part a segment of its own.") % {"n": DEEPEST}
        )
    keys = set(node)
    if len(keys) == 1 and (join := next(iter(keys))) in JOINS:
        return {join: _parts(node[join], path, count)}
    if keys == {"not"}:
        return {"not": _node(node["not"], (*path, 1), count)}
    count[0] += 1
    if count[0] > MOST_CONDITIONS:
        raise _wrong(path, _("a rule has at most %(n)d conditions.") % {"n": MOST_CONDITIONS})
    if keys == {"segment"}:
        return {"segment": _word(node["segment"], path)}
    if "field" in keys and keys <= {"field", "op", "value"}:
        return _condition(node, path)
    raise _wrong(path, _("write all, any, not, segment, or a field with op and value."))


def _parts(parts: Any, path: tuple[int, ...], count: list[int]) -> list[Tree]:
    if not isinstance(parts, list) or not parts:
        raise _wrong(path, _("this group is empty: add a condition, or remove it."))
    return [_node(part, (*path, number), count) for number, part in enumerate(parts, start=1)]


def _condition(node: Tree, path: tuple[int, ...]) -> Tree:
    field = field_named(node["field"])
    if field is None:
        raise _wrong(path, _("there is no field %(name)s.") % {"name": _shown(node["field"])})
    op = node.get("op")
    if not isinstance(op, str) or op not in field.operators:
        raise _wrong(
            path,
            _("%(field)s is not asked with %(op)s: use one of %(ops)s.")
            % {"field": field.label, "op": _shown(op), "ops": ", ".join(field.operators)},
        )
    if op == "known":
        return {"field": field.name, "op": op}
    return {"field": field.name, "op": op, "value": _value(field, op, node.get("value"), path)}


def _value(field: Field, op: str, value: Any, path: tuple[int, ...]) -> Any:
    if field.kind in LISTED:
        return _listed(field, value, path)
    if field.kind is Kind.FLAG:
        if not isinstance(value, bool):
            raise _wrong(path, _("%(field)s is yes or no.") % {"field": field.label})
        return value
    if op == "between":
        return _between(field, op, value, path)
    return _one(field, op, value, path)


def _between(field: Field, op: str, value: Any, path: tuple[int, ...]) -> list[Any]:
    if not isinstance(value, list) or len(value) != 2:
        raise _wrong(path, _("%(field)s: give the first and the last value.") % {"field": field.label})
    first, last = (_one(field, op, one, path) for one in value)
    if (Decimal(first) > Decimal(last)) if field.kind in (Kind.NUMBER, Kind.MONEY) else first > last:
        raise _wrong(path, _("%(field)s: the last value is below the first.") % {"field": field.label})
    return [first, last]


def _one(field: Field, op: str, value: Any, path: tuple[int, ...]) -> Any:
    if field.kind in (Kind.NUMBER, Kind.MONEY):
        return _number(field, value, path)
    if field.kind is Kind.DATE and op in ("before", "after", "between"):
        return _day(field, value, path)
    most = 150 if field.kind is Kind.AGE else 366 if field.kind is Kind.BIRTHDAY else FURTHEST_DAYS
    return _whole(field, value, most, path)


def _number(field: Field, value: Any, path: tuple[int, ...]) -> str:
    """Numbers are kept as text, so that no cent is lost in JSON."""
    try:
        number = (
            Decimal(str(value).strip())
            if isinstance(value, (int, float, str)) and not isinstance(value, bool)
            else None
        )
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number) > GREATEST:
        raise _wrong(path, _("%(field)s: %(value)s is no number.") % {"field": field.label, "value": _shown(value)})
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text


def _whole(field: Field, value: Any, most: int, path: tuple[int, ...]) -> int:
    text = str(value).strip()
    is_whole = isinstance(value, (int, str)) and not isinstance(value, bool) and text.isascii() and text.isdigit()
    if is_whole and len(text) < 7 and int(text) <= most:
        return int(text)
    raise _wrong(
        path,
        _("%(field)s: %(value)s is no whole number from 0 to %(most)d.")
        % {"field": field.label, "value": _shown(value), "most": most},
    )


def _day(field: Field, value: Any, path: tuple[int, ...]) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise _wrong(
            path,
            _("%(field)s: %(value)s is no day; write it as 2026-06-30.")
            % {"field": field.label, "value": _shown(value)},
        ) from None


def _listed(field: Field, value: Any, path: tuple[int, ...]) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise _wrong(path, _("%(field)s: choose at least one value.") % {"field": field.label})
    if len(value) > MOST_VALUES:
        raise _wrong(path, _("%(field)s: at most %(n)d values.") % {"field": field.label, "n": MOST_VALUES})
    words = sorted({_word(one, path, may_be_empty=field.is_closed) for one in value})
    if field.is_closed and field.choices:
        known = {str(choice) for choice, _label in field.choices()}
        if unknown := [word for word in words if word not in known]:
            raise _wrong(
                path, _("%(field)s has no value %(value)s.") % {"field": field.label, "value": _shown(unknown[0])}
            )
    return sorted(int(word) for word in words) if field.kind is Kind.MONTH else words


def _word(value: Any, path: tuple[int, ...], *, may_be_empty: bool = False) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or "\x00" in text or len(text) > LONGEST or not (may_be_empty or text.strip()):
        raise _wrong(path, _("%(value)s is no word of at most %(n)d signs.") % {"value": _shown(value), "n": LONGEST})
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _wrong(path, _("a word has signs that are none.")) from None
    return text.strip()


def _shown(value: Any) -> str:
    """What somebody sent, short and harmless enough to stand in a sentence; a deep value is not looked into."""
    if isinstance(value, (dict, list)):
        return "…"
    return str(value).replace("\x00", "").encode(errors="replace").decode()[:40]


def _wrong(path: tuple[int, ...], why: str) -> ValidationError:
    if not path:
        return ValidationError(_("In the rule: %(why)s") % {"why": why})
    where = ".".join(map(str, path[:6])) + ("…" if len(path) > 6 else "")
    return ValidationError(_("At %(where)s: %(why)s") % {"where": where, "why": why})
