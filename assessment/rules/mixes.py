"""Which methods a judgement should rest on: how much data there is, and how new the risk is (requirement 33)."""

DATA_LEVELS = ("none", "some", "rich")
NOVELTIES = ("known", "changed", "new")
METHODS = ("data", "model", "expert", "scenario")

# From how many readings of a year, or losses of five years, on. A year of monthly readings is some; half a year of
# daily ones, or a loss twice a year, is enough to speak by itself.
SOME_READINGS, RICH_READINGS = 12, 120
SOME_LOSSES, RICH_LOSSES = 1, 10


def data_level(*, readings: int, losses: int) -> str:
    """Return `none`, `some` or `rich` for the number of readings in the last year and of losses in the last five years;
    what is better supplied counts.

    >>> data_level(readings=12, losses=0)
    'some'
    """
    if min(readings, losses) < 0:
        raise ValueError("readings and losses are counted from 0")
    if readings >= RICH_READINGS or losses >= RICH_LOSSES:
        return "rich"
    return "some" if readings >= SOME_READINGS or losses >= SOME_LOSSES else "none"


def checked_methods(methods: list[str]) -> list[str]:
    """Return methods in their order, each once; ValueError for none, or for one that is unknown."""
    if not methods or set(methods) - set(METHODS):
        raise ValueError(f"choose one or more of {', '.join(METHODS)}")
    return [method for method in METHODS if method in methods]
