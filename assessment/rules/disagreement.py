"""How far methods lie apart."""

from collections.abc import Sequence


def widest(steps: Sequence[int | None]) -> int | None:
    """Return by how many steps the answers of methods differ at most; None where fewer than two answered."""
    said = [step for step in steps if step is not None]
    return max(said) - min(said) if len(said) > 1 else None
