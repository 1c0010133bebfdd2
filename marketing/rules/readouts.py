"""What may be concluded of an experiment, as a code that a page puts into one sentence."""

from __future__ import annotations

from marketing.rules.effects import Effect

MISMATCH_BELOW = 0.001


def conclusion(*, treated: int, control: int, ratio_p: float, effect: Effect | None, is_over: bool) -> str:
    """Return what may be concluded: `mismatch` (assignment is broken, nothing else counts), `no_control`, `nobody`,
    `more`, `less`, `open` (the interval still holds both, and more may come) or `nothing_shown` (it is over, and it still
    does).

    The interval must hold however often one looks (`experiments.always_valid_interval`) while the experiment runs."""
    if treated == 0:
        return "nobody"
    if ratio_p < MISMATCH_BELOW:
        return "mismatch"
    if control == 0 or effect is None:
        return "no_control"
    if effect.is_positive:
        return "more"
    if effect.is_negative:
        return "less"
    return "nothing_shown" if is_over else "open"
