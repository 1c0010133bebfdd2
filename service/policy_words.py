"""What a service policy says, in words."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages.formats import day
from service.models import Channel, ClockKind, Priority, SlaPolicy, StepAction, TicketKind


def minutes_text(minutes: int) -> str:
    """Business minutes as hours and minutes, the smaller one only where it is needed."""
    hours, rest = divmod(minutes, 60)
    parts = [_("%(n)d h") % {"n": hours}] if hours else []
    parts += [_("%(n)d min") % {"n": rest}] if rest or not hours else []
    return " ".join(parts)


def open_time(length: timedelta) -> str:
    """Open time in hours and minutes: a day of it has no fixed length."""
    return minutes_text(int(length.total_seconds()) // 60)


def terms_of(policy: SlaPolicy) -> list[tuple[str, str]]:
    """Return what a policy says as (label, text), each under the page's language."""
    return [
        (_("Name"), policy.name),
        (_("From"), _day(policy.valid_from)),
        (_("Until"), _day(policy.valid_to) if policy.valid_to else _("without end")),
        (_("Order"), str(policy.rank)),
        (_("Kinds"), _any(TicketKind(one).label for one in policy.kinds)),
        (_("Channels"), _any(Channel(one).label for one in policy.channels)),
        (_("Priorities"), _any(Priority(one).label for one in policy.priorities)),
        (_("Business lines"), _any(policy.lines)),
        (_("Queues"), _any(policy.queues)),
        (_("Languages"), _any(policy.languages)),
        (_("Business calendar"), str(policy.calendar)),
        (_("Stands still on hold"), _("Yes") if policy.pause_held else _("No")),
        *[(str(Priority(int(one)).label), targets_text(by)) for one, by in sorted(policy.targets.items())],
        (_("Escalation"), "; ".join(step_text(step) for step in policy.steps) or _("None")),
    ]


def _day(value: Any) -> str:
    return value if isinstance(value, str) else day(value)


def _any(values: Iterable[Any]) -> str:
    return ", ".join(str(value) for value in values) or _("any")


def targets_text(by_kind: dict[str, int]) -> str:
    return ", ".join(f"{label} {minutes_text(by_kind[kind])}" for kind, label in ClockKind.choices if kind in by_kind)


def step_text(step: dict[str, Any]) -> str:
    """One step: of which clock, when, and what is done."""
    when = _("at %(percent)d%%") % {"percent": step["percent"]}
    if step["after"]:
        when += " " + _("and %(time)s") % {"time": minutes_text(step["after"])}
    done = str(StepAction(step["action"]).label) + (f" {step['queue']}" if step.get("queue") else "")
    return f"{ClockKind(step['kind']).label} {when}: {done}"


def scope_text(policy: SlaPolicy) -> str:
    """Which tickets a policy is for, in one line."""
    parts = [
        *(str(TicketKind(one).label) for one in policy.kinds), *(str(Channel(one).label) for one in policy.channels),
        *(str(Priority(one).label) for one in policy.priorities), *policy.lines, *policy.queues, *policy.languages,
    ]  # fmt: skip
    return ", ".join(parts) or _("every ticket")


def preview_texts(found: dict[str, int]) -> list[str]:
    """What a version would do to open tickets, a sentence each; only what would happen."""
    said = [
        ("nearer", ngettext("%(n)d clock gets a nearer deadline.", "%(n)d clocks get a nearer deadline.", found["nearer"])),
        ("later", ngettext("%(n)d clock gets a later deadline.", "%(n)d clocks get a later deadline.", found["later"])),
        ("gained", ngettext("%(n)d clock starts.", "%(n)d clocks start.", found["gained"])),
        ("lost", ngettext("%(n)d clock ends.", "%(n)d clocks end.", found["lost"])),
        ("passed", ngettext("%(n)d deadline would have passed already.", "%(n)d deadlines would have passed already.", found["passed"])),
        ("same", ngettext("%(n)d clock stays as it is.", "%(n)d clocks stay as they are.", found["same"])),
    ]  # fmt: skip
    return [text % {"n": found[name]} for name, text in said if found[name]]
