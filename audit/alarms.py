"""Who is told when the log does not hold. The log knows nobody: a room above registers itself.

ALARMS.append(tell_compliance)          # in the room's AppConfig.ready
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Alarm:
    """Something to act on. The same `key` is told once; title and body are functions, called under each language."""

    key: str
    title: Callable[[], str]
    body: Callable[[], str]
    at: datetime


ALARMS: list[Callable[[Alarm], None]] = []


def raise_alarm(alarm: Alarm) -> None:
    for tell in ALARMS:
        tell(alarm)
