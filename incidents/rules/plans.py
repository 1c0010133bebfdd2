"""Steps of a contingency plan as people write them, one a line: `15 risk: Stop the payouts`."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

LINE = re.compile(r"(?P<minutes>\d+)\s*(?P<role>[a-z_]*)\s*[:：]\s*(?P<title>.+)")
MOST_STEPS = 60
LONGEST_MINUTES = 60 * 24 * 30
LONGEST_TITLE = 300


@dataclass(frozen=True)
class Step:
    """Something to do within `minutes` of the start, by somebody of `role`; anybody where it is empty."""

    minutes: int
    role: str
    title: str


def read_steps(text: str, roles: Collection[str]) -> list[Step]:
    """Return the steps that `text` says, one a line. ValueError says which line is none, and why."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise ValueError("write at least one step")
    if len(lines) > MOST_STEPS:
        raise ValueError(f"a plan has at most {MOST_STEPS} steps, this one {len(lines)}")
    return [_step(line, place, roles) for place, line in enumerate(lines, start=1)]


def _step(line: str, place: int, roles: Collection[str]) -> Step:
    found = LINE.fullmatch(line)
    if not found:
        raise ValueError(f"line {place} is not “minutes role: what to do”")
    step = Step(int(found["minutes"][:9]), found["role"], found["title"].strip())
    if step.minutes > LONGEST_MINUTES:
        raise ValueError(f"line {place}: {step.minutes} minutes are more than thirty days")
    if step.role and step.role not in roles:
        raise ValueError(f"line {place}: there is no role “{step.role}”")
    if len(step.title) > LONGEST_TITLE:
        raise ValueError(f"line {place} has more than {LONGEST_TITLE} characters")
    return step


def steps_as_text(steps: Sequence[Step]) -> str:
    """Return steps as `read_steps` takes them."""
    return "\n".join(f"{step.minutes} {step.role}: {step.title}" for step in steps)


def steps_of(stored: Sequence[Mapping[str, Any]]) -> list[Step]:
    return [Step(int(one["minutes"]), str(one["role"]), str(one["title"])) for one in stored]


def as_stored(steps: Sequence[Step]) -> list[dict[str, Any]]:
    return [asdict(step) for step in steps]
