"""Which cause may stand under which."""

from collections.abc import Mapping

DEEPEST = 12


def hurdle_to_moving(parents: Mapping[int, int | None], node: int | None, parent: int | None) -> str:
    """Return `circle` or `deep` where `node` (None for a new one) may not stand under `parent` (None is the top event), or
    nothing. `parents` maps every cause of the tree to what it leads to."""
    above = _line_up(parents, parent)
    if node is not None and node in above:
        return "circle"
    return "deep" if len(above) + _height(parents, node) > DEEPEST else ""


def _line_up(parents: Mapping[int, int | None], start: int | None) -> list[int]:
    """A cause and everything that it leads to; what never ends, ends where it meets itself."""
    found: list[int] = []
    while start is not None and start not in found:
        found.append(start)
        start = parents.get(start)
    return found


def _height(parents: Mapping[int, int | None], node: int | None) -> int:
    """How many causes stand on the longest branch from `node` down, itself included."""
    if node is None:
        return 1
    lines = (_line_up(parents, one) for one in parents)
    return max((line.index(node) + 1 for line in lines if node in line), default=1)
