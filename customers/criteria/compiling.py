"""From a rule to one SQL statement. What somebody wrote goes into parameters, never into the text."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from customers.criteria.catalogue import NAMED
from customers.criteria.days import birthdays_within, days_from, years_before
from customers.criteria.fields import RELATIVE, Field, Kind
from customers.criteria.named_segments import members_condition
from customers.criteria.trees import Tree, fields_of, leaves_of

# Customers whose data may be worked with: no number that leads elsewhere, nobody gone, restricted or erased.
STANDING = "c.merged_into_id IS NULL AND c.erased_at IS NULL AND c.restricted_at IS NULL AND c.status <> 'closed'"
PORTRAIT = " LEFT JOIN customers_portrait p ON p.customer_id = c.id"
PLACE = re.compile(r"\{(test|day)(?: ([\w.]+))?\}")
SIGNS = {"ge": ">=", "le": "<=", "gt": ">", "lt": "<", "eq": "="}

Part = tuple[str, list[Any]]
Test = Callable[[str], Part]  # of a column


def compiled(tree: Tree, *, day: date, among: str = "", sample: float | None = None) -> tuple[str, list[Any]]:
    """Return one SELECT of the keys of customers whom a valid rule holds for on `day`, with its parameters.

    `among` is the name of a table with the column customer_id that bounds who is looked at; `sample` looks only at a share
    of the pages of customers, in percent, always the same ones."""
    condition, values = _condition(tree, day, negated=False)
    source, before = "customers_customer c", []
    if sample is not None:
        source, before = f"{source} TABLESAMPLE SYSTEM (%s) REPEATABLE (7)", [sample]
    if among:
        source = f"{among} d JOIN {source} ON c.id = d.customer_id"
    portrait = PORTRAIT if any(NAMED[name].uses_portrait for name in fields_of(tree)) else ""
    return f"SELECT c.id FROM {source}{portrait} WHERE {STANDING} AND ({condition})", [*before, *values]


def tables_of(tree: Tree) -> set[str]:
    """Return the tables whose changes may change who a rule holds for; segments that it names are not among them."""
    return {"customers_customer", *(table for name in fields_of(tree) for table in NAMED[name].tables)}


def edges(tree: Tree, *, first: date, last: date) -> list[tuple[str, list[Any]]]:
    """Return statements that give every customer whose answers may change only because the day went from `first` to
    `last`; they may give others too."""
    return [edge for leaf in leaves_of(tree) if "field" in leaf for edge in _edges(leaf, first, last)]


def _condition(node: Tree, day: date, *, negated: bool) -> Part:
    """A `not` is carried down to the conditions, where an unknown value makes one not hold and its opposite hold: so an
    unknown may stand for a no everywhere else, and the planner sees plain conditions."""
    if "not" in node:
        return _condition(node["not"], day, negated=not negated)
    for join, word in (("all", "AND"), ("any", "OR")):
        if join in node:
            word = {"AND": "OR", "OR": "AND"}[word] if negated else word
            parts = [_condition(part, day, negated=negated) for part in node[join]]
            return f" {word} ".join(f"({text})" for text, _values in parts), [
                one for _text, all_ in parts for one in all_
            ]
    return _leaf(node, day, negated=negated)


def _leaf(node: Tree, day: date, *, negated: bool) -> Part:
    if "segment" in node:
        text, values = members_condition(), [node["segment"]]
        return (f"NOT {text}" if negated else text), values
    field, op = NAMED[node["field"]], node["op"]
    if op in ("not_in", "none"):
        negated, op = not negated, {"not_in": "in", "none": "any"}[op]
    if field.kind is Kind.FLAG:
        negated = negated is node["value"]
        return (f"NOT {field.column}" if negated else field.column), []
    text, values = _holding(field, op, node.get("value"), day)
    return (f"({text}) IS NOT TRUE" if negated else text), values


def _holding(field: Field, op: str, value: Any, day: date) -> Part:
    """A condition that one comparison fills, or, where all or each channel is asked for, several."""
    if field.kind is Kind.CONSENT or (field.kind is Kind.HELD and op == "all"):
        word = " AND " if op == "all" else " OR "
        parts = [_filled(field, _among([one, "any"] if field.kind is Kind.CONSENT else [one]), day) for one in value]
        return word.join(f"({text})" for text, _values in parts), [one for _text, all_ in parts for one in all_]
    return _filled(field, _test(field, op, value, day), day)


def _filled(field: Field, test: Test, day: date) -> Part:
    values: list[Any] = []

    def place(found: re.Match[str]) -> str:
        if found[1] == "day":
            values.append(day)
            return "%s::date"
        text, more = test(found[2] or field.column)
        values.extend(more)
        return text

    return PLACE.sub(place, field.within), values


def _among(listed: list[Any]) -> Test:
    return lambda column: (f"{column} = ANY(%s)", [listed])


def _compare(sign: str, value: Any, cast: str = "") -> Test:
    return lambda column: (f"{column} {sign} %s{cast}", [value])


def _span(first: Any, last: Any, cast: str = "") -> Test:
    return lambda column: (f"{column} BETWEEN %s{cast} AND %s{cast}", [first, last])


def _test(field: Field, op: str, value: Any, day: date) -> Test:
    if field.kind in (Kind.CHOICE, Kind.MONTH, Kind.HELD):
        return _among(value)
    if field.kind is Kind.SET:
        return _compare("@>" if op == "all" else "&&", value, "::varchar[]")
    if field.kind in (Kind.NUMBER, Kind.MONEY):
        return _span(*value, "::numeric") if op == "between" else _compare(SIGNS[op], value, "::numeric")
    if field.kind is Kind.AGE:
        return _age(op, value, day)
    if field.kind is Kind.BIRTHDAY:
        return _birthday(birthdays_within(day, value))
    return _date(op, value, day)


def _age(op: str, value: Any, day: date) -> Test:
    """Ages as bounds of the birth date, so that no row has to be counted with."""
    youngest, oldest = value if op == "between" else (value, value)
    latest, earliest = years_before(day, youngest), years_before(day, oldest + 1)
    if op == "ge":
        return _compare("<=", latest, "::date")
    if op == "le":
        return lambda column: (f"{column} > %s::date AND {column} <= %s::date", [earliest, day])
    return lambda column: (f"{column} > %s::date AND {column} <= %s::date", [earliest, latest])


def _birthday(found: list[int]) -> Test:
    month_and_day = "(extract(month FROM {0}) * 100 + extract(day FROM {0}))::int = ANY(%s)"
    return lambda column: (month_and_day.format(column), [found])


def _date(op: str, value: Any, day: date) -> Test:
    if op == "known":
        return lambda column: (f"{column} IS NOT NULL", [])
    if op == "between":
        return _span(*value, "::date")
    if op in ("before", "after"):
        return _compare({"before": "<", "after": ">"}[op], value, "::date")
    if op == "older_than":
        return _compare("<", days_from(day, -value), "::date")
    if op == "within_last":
        return lambda column: (f"{column} > %s::date AND {column} <= %s::date", [days_from(day, -value), day])
    return _span(day, days_from(day, value), "::date")


def _edges(leaf: Tree, first: date, last: date) -> Iterator[tuple[str, list[Any]]]:
    field, op, value = NAMED[leaf["field"]], leaf["op"], leaf.get("value")
    if "{day}" in field.within:
        yield (
            "SELECT customer_id FROM customers_suitabilityresult WHERE valid_until BETWEEN %s::date AND %s::date",
            [days_from(first, -1), days_from(last, 1)],
        )
        # After a merge the validity is that of the assessment carried over.
        yield (
            "SELECT k.customer_id FROM customers_carriedassessment k JOIN customers_suitabilityresult s ON s.id = k.result_id"
            " WHERE s.valid_until BETWEEN %s::date AND %s::date",
            [days_from(first, -1), days_from(last, 1)],
        )
    for test in _edge_tests(field, op, value, first, last):
        text, values = _filled(field, test, last)
        portrait = PORTRAIT if field.uses_portrait else ""
        yield f"SELECT c.id FROM customers_customer c{portrait} WHERE {text}", values


def _edge_tests(field: Field, op: str, value: Any, first: date, last: date) -> Iterator[Test]:
    if field.kind is Kind.AGE:
        bounds = value if op == "between" else [value]
        for years in {one + more for one in bounds for more in (0, 1)}:
            yield _span(days_from(years_before(first, years), -1), days_from(years_before(last, years), 1), "::date")
        yield _span(days_from(first, -1), days_from(last, 1), "::date")
    elif field.kind is Kind.BIRTHDAY:
        changed = set(birthdays_within(first, value)) ^ set(birthdays_within(last, value))
        yield _birthday(sorted(changed))
    elif field.kind is Kind.DATE and op in RELATIVE:
        far = value if op == "within_next" else -value
        for days in {0, far}:
            yield _span(days_from(first, days - 1), days_from(last, days + 1), "::date")
