"""What a rule is made of, and a way through it that no depth can break."""

from collections.abc import Iterator, Mapping
from typing import Any

Tree = Mapping[str, Any]
JOINS = ("all", "any")


def children_of(node: Tree) -> list[Tree]:
    """Return the parts of a group or of a `not`; a condition has none."""
    for join in JOINS:
        if join in node:
            return list(node[join])
    return [node["not"]] if "not" in node else []


def leaves_of(tree: Tree) -> Iterator[Tree]:
    """Give each condition and each named segment of a valid tree, from the first to the last."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        parts = children_of(node)
        waiting += reversed(parts)
        if not parts and ("field" in node or "segment" in node):
            yield node


def fields_of(tree: Tree) -> list[str]:
    """Return the names of the fields that a valid tree asks about, each once, sorted."""
    return sorted({leaf["field"] for leaf in leaves_of(tree) if "field" in leaf})


def segments_of(tree: Tree) -> list[str]:
    """Return the codes of the segments that a valid tree names, each once, sorted."""
    return sorted({leaf["segment"] for leaf in leaves_of(tree) if "segment" in leaf})
