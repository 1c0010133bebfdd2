"""How well a way through a bow-tie is guarded, by what the tests of its barriers say."""

from collections.abc import Sequence

BEST_FIRST = ("effective", "partly", "", "ineffective")


def guard_of(conclusions: Sequence[str]) -> str:
    """Return how a cause or a consequence is guarded: `open` without any barrier, else what the best of its barriers
    is: `effective`, `partly`, `untested` or `ineffective`.

    `conclusions` are those of the last tests, empty for a barrier that nobody has tested. One barrier that holds is
    enough to stop a way, which is why the best counts and not the worst."""
    if not conclusions:
        return "open"
    return min(conclusions, key=BEST_FIRST.index) or "untested"
