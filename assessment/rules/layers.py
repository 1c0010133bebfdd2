"""What layers of controls leave of an inherent risk.

A control acts on the likelihood where it prevents, on the impact where it detects or corrects. One that was tested and
works takes a step away, one that works in part half a step; one that does not work, or that nobody has tested, takes
none. Each further layer on the same side takes half of what it would alone: two locks on one door are not two doors.
Nothing falls below the first step, and a part of a step that remains counts as the graver whole one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

WORTH = {"effective": Decimal(1), "partly": Decimal("0.5")}


@dataclass(frozen=True)
class Layer:
    """A control: `kind` is `preventive`, `detective` or `corrective`, `effectiveness` empty where nobody has tested."""

    kind: str
    effectiveness: str

    @property
    def side(self) -> str:
        return "likelihood" if self.kind == "preventive" else "impact"


@dataclass(frozen=True)
class Remains:
    """What is left: the steps, and what each layer took away, in the order in which layers were given."""

    likelihood: int
    impact: int
    taken: list[Decimal]


def what_remains(likelihood: int, impact: int, layers: Sequence[Layer]) -> Remains:
    """Return what layers leave of an inherent likelihood and impact, both from 1. On each side the layer that is worth
    most counts whole, the next half, the one after a quarter."""
    if min(likelihood, impact) < 1:
        raise ValueError("steps are counted from 1")
    taken = [Decimal(0)] * len(layers)
    for side in ("likelihood", "impact"):
        worth = [
            (WORTH.get(layer.effectiveness, Decimal(0)), place)
            for place, layer in enumerate(layers)
            if layer.side == side
        ]
        strongest_first = sorted(worth, key=lambda one: (-one[0], one[1]))
        for depth, (value, place) in enumerate(strongest_first):
            taken[place] = value / 2**depth
    off = {
        side: sum((took for took, layer in zip(taken, layers, strict=True) if layer.side == side), Decimal(0))
        for side in ("likelihood", "impact")
    }
    return Remains(_left(likelihood, off["likelihood"]), _left(impact, off["impact"]), taken)


def _left(step: int, off: Decimal) -> int:
    return max(1, int((step - off).to_integral_value(ROUND_CEILING)))
