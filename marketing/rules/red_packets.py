"""How a red packet is shared out."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from random import Random

CENT = Decimal("0.01")


def chance(seed: str, *words: object) -> Random:
    """Return a source of chance that anybody who knows the recorded seed can run again: the same draws every time."""
    text = "\0".join([seed, *map(str, words)])
    return Random(int.from_bytes(hashlib.sha256(text.encode()).digest()))


def shares(total: Decimal, parts: int, *, seed: str) -> list[Decimal]:
    """Split `total` into `parts` amounts of at least 0.01 each that sum to it to the cent, drawn from `seed`.

    Fair: every way of cutting the cents is as likely as every other (cut points without replacement, "stars and bars"),
    so that no place in the queue is worth more than another. Raises ValueError where the total does not reach.
    """
    cents = int(total * 100)
    if total != CENT * cents or parts < 1 or cents < parts:
        raise ValueError(f"{total} does not divide into {parts} parts of at least 0.01.")
    cuts = sorted(chance(seed, "shares").sample(range(1, cents), parts - 1))
    return [CENT * (end - start) for start, end in zip([0, *cuts], [*cuts, cents], strict=True)]
