"""Results of a campaign as a table for other programs: a row a figure, as it was measured and not as it is shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from marketing.rules.effects import Effect
from marketing.services.measurement import COUNTS, Group, Money, Results

HEAD = ("part", "variant", "figure", "value", "low", "high")
HELD_OUT = "held_out"
Row = tuple[Any, ...]


def csv_of(results: Results, currency: str) -> str:
    """Return the table as CSV. Amounts are in `currency`, shares between 0 and 1; what cannot be said is empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerows(_written(row) for row in rows_of(results, currency))
    return out.getvalue()


def _written(row: Row) -> Row:
    """A row as long as the head. Twelve digits of what is a binary fraction: a small share of chance stays one."""
    values = [float(f"{value:.12g}") if isinstance(value, float) else value for value in row]
    return (*values, *[""] * (len(HEAD) - len(row)))


def rows_of(results: Results, currency: str) -> Iterator[Row]:
    for group in [*results.groups, *([results.control] if results.control else [])]:
        yield from _of_group(group)
    yield from _of_effect("effect", "", "converted", results.effect)
    yield from _of_effect("effect", "", "amount", results.amount_effect)
    for one in results.comparisons:
        yield from _of_effect("beside_first", one.variant, "converted", one.effect)
        yield "beside_first", one.variant, "p_corrected", one.p
    yield "conclusion", "", "shared_out_p", results.ratio_p
    yield "conclusion", "", "verdict", results.verdict
    yield from _of_money(results.money, currency)


def _of_group(group: Group) -> Iterator[Row]:
    variant = group.variant or HELD_OUT
    for name in COUNTS:
        yield "variant", variant, name, getattr(group, name)
    yield "variant", variant, "amount", group.sums.total
    yield "variant", variant, "amount_before", group.sums.before


def _of_effect(part: str, variant: str, figure: str, effect: Effect | None) -> Iterator[Row]:
    if effect is not None:
        yield part, variant, figure, effect.difference, effect.low, effect.high


def _of_money(money: Money, currency: str) -> Iterator[Row]:
    yield "money", "", "currency", currency
    for name in [*(field.name for field in fields(money)), "cost", "net", "roi", "cac"]:
        value = getattr(money, name)
        yield "money", "", name, "" if value is None else value
