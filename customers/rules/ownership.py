"""Who owns a company in the end: effective shares over all chains, what is left open, and circles.

The effective share of a person is the sum over all chains of the product of the shares along each (FATF, Guidance on
beneficial ownership of legal persons, 2023; PBoC Notice 2017 No. 235).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

TOP = ""  # the company itself
DEEPEST = 30
MOST_STEPS = 20_000  # of chains that part and meet again there may be more than anybody can count
WHOLE = Decimal(100)


@dataclass(frozen=True)
class Share:
    """A holder's share in a company, in percent. Persons end a chain, companies go on, `state` ends one without a
    person."""

    company: str
    holder: str
    kind: str
    percent: Decimal


@dataclass(frozen=True)
class Owner:
    """A holder at the end of chains: their share in percent, and each chain as (names from the company up, percent)."""

    name: str
    kind: str
    percent: Decimal
    chains: tuple[tuple[tuple[str, ...], Decimal], ...]


@dataclass(frozen=True)
class Structure:
    """What follows from all shares: owners from the largest down, circles, companies held by more than all of them, and
    the part of the company whose owners nobody has named."""

    owners: tuple[Owner, ...] = ()
    circles: tuple[tuple[str, ...], ...] = ()
    overfull: tuple[tuple[str, Decimal], ...] = ()
    unknown: Decimal = WHOLE
    depth: int = 0
    is_cut: bool = False

    def beneficial(self, threshold: Decimal) -> list[Owner]:
        """Persons whose effective share reaches the threshold; exactly at it counts."""
        return [owner for owner in self.owners if owner.kind == "person" and owner.percent >= threshold]


@dataclass
class _Walk:
    """Chains on their way up."""

    by_company: dict[str, list[Share]]
    chains: dict[tuple[str, str], list[tuple[tuple[str, ...], Decimal]]] = field(default_factory=dict)
    circles: dict[frozenset[str], tuple[str, ...]] = field(default_factory=dict)
    depth: int = 0
    steps: int = 0

    def up(self, company: str, path: tuple[str, ...], percent: Decimal) -> None:
        self.depth = max(self.depth, len(path))
        for share in self.by_company.get(company, ()):
            self.steps += 1
            if self.steps > MOST_STEPS:
                return
            part, name = percent * share.percent / WHOLE, share.holder
            if name in path or name == TOP:
                circle = (*path[path.index(name) :], name) if name in path else (*path, name)
                self.circles.setdefault(frozenset(circle), circle)
            elif share.kind == "company" and name in self.by_company and len(path) < DEEPEST:
                self.up(name, (*path, name), part)
            else:
                self.chains.setdefault((name, share.kind), []).append(((*path, name), part))


def structure_of(shares: Sequence[Share]) -> Structure:
    """Return who owns a company in the end. A chain that comes back to where it was is told as a circle and ends there."""
    by_company: dict[str, list[Share]] = {}
    for share in shares:
        by_company.setdefault(share.company, []).append(share)
    walk = _Walk(by_company)
    walk.up(TOP, (), WHOLE)
    owners = [
        Owner(name, kind, sum((part for _path, part in chains), Decimal(0)), tuple(chains))
        for (name, kind), chains in walk.chains.items()
    ]
    owners.sort(key=lambda owner: (-owner.percent, owner.name))
    ended = sum((owner.percent for owner in owners if owner.kind != "company"), Decimal(0))
    sums = [(company, sum((share.percent for share in held), Decimal(0))) for company, held in by_company.items()]
    return Structure(
        tuple(owners),
        tuple(walk.circles.values()),
        tuple((company, total) for company, total in sums if total > WHOLE),
        max(Decimal(0), WHOLE - ended),
        walk.depth,
        walk.steps > MOST_STEPS,
    )
