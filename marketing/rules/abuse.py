"""Signs of abuse: what each weighs, what a redemption scores, and who belongs together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping

SIGNS = ("device", "payee", "address", "network", "contact", "joined", "timing", "velocity")
MANY_OTHERS = 3


def score_of(others: Mapping[str, int], weights: Mapping[str, int]) -> int:
    """Return the score of a redemption: each sign's weight in full where three others or more share it, a third of it for
    one, two thirds for two: a couple at one address is no ring."""
    return sum(weights[sign] * min(max(others.get(sign, 0), 0), MANY_OTHERS) // MANY_OTHERS for sign in SIGNS)


def rings(pairs: Iterable[tuple[int, Hashable]], *, smallest: int = 3) -> list[set[int]]:
    """Return customers who are linked by shared signs, directly or through others, largest ring first.

    `pairs` are (customer, sign). Union by size with halved paths (Tarjan): almost linear."""
    parent: dict[Hashable, Hashable] = {}
    for customer, sign in pairs:
        one, other = _root(parent, ("customer", customer)), _root(parent, ("sign", sign))
        parent[one] = other
    found: dict[Hashable, set[int]] = defaultdict(set)
    for node in list(parent):
        if isinstance(node, tuple) and node[0] == "customer":
            found[_root(parent, node)].add(node[1])
    kept = [ring for ring in found.values() if len(ring) >= smallest]
    return sorted(kept, key=lambda ring: (-len(ring), min(ring)))


def _root(parent: dict[Hashable, Hashable], node: Hashable) -> Hashable:
    parent.setdefault(node, node)
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node
