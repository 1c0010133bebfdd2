"""How grave the deadline of a clock is, and what a policy may say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from service.rules.business_time import BusinessHours, business_time_between

LONGEST_TARGET = 525_600  # business minutes
AMBER_SHARE = 0.75  # of the target
SLACK = timedelta(hours=1)


def tone_of_clock(now: datetime, due: datetime, *, target: timedelta, calendar: BusinessHours) -> str:
    """Return how grave a deadline is: red once it has passed, amber when a quarter of the target is left, or an hour of
    open time where that is more, but never more than half of the target."""
    if due < now:
        return "red"
    left = business_time_between(now, due, calendar)
    return "amber" if left <= min(max(target * (1 - AMBER_SHARE), SLACK), target / 2) else "neutral"


def step_key(step: Mapping[str, Any]) -> str:
    """Return the name under which a step is taken once; `clocks_reckoned.sql` words it alike."""
    return f"{step['kind']}:{step['percent']}:{step['after']}:{step['action']}"


def wrong_targets(targets: Any, *, kinds: Sequence[str], priorities: Sequence[int]) -> str:
    """Return what is wrong with the targets of a policy, or nothing."""
    if not isinstance(targets, dict) or not targets:
        return _("Give a target for at least one priority.")
    for priority, by_kind in targets.items():
        if priority not in {str(one) for one in priorities} or not isinstance(by_kind, dict):
            return _("“%(value)s” is no priority.") % {"value": priority}
        for kind, minutes in by_kind.items():
            if kind not in kinds or not _is_count(minutes, 1, LONGEST_TARGET):
                return _("A target is 1 to %(most)d business minutes.") % {"most": LONGEST_TARGET}
    return ""


def wrong_steps(steps: Any, *, kinds: Sequence[str], actions: Sequence[str]) -> str:
    """Return what is wrong with the steps of an escalation, or nothing."""
    if not isinstance(steps, list):
        return _("Steps are a list.")
    for number, step in enumerate(steps, 1):
        known = isinstance(step, dict) and step.get("kind") in kinds and step.get("action") in actions
        if (
            not known
            or not _is_count(step.get("percent"), 1, 1_000)
            or not _is_count(step.get("after"), 0, LONGEST_TARGET)
        ):
            return _("Step %(n)d names no clock, share or action that there is.") % {"n": number}
        if (step["action"] == "reassign") != bool(step.get("queue")):
            return _("Step %(n)d names a queue where it moves the ticket, and only there.") % {"n": number}
    return _("Two steps are the same.") if len({step_key(step) for step in steps}) < len(steps) else ""


def _is_count(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_step_due(step: Mapping[str, Any], *, used: float, target: int) -> bool:
    """Whether a step of an escalation is due when so many open seconds of the target are used."""
    return used >= target * step["percent"] // 100 + step["after"] * 60
