"""What rooms above put on the page of an alert, filled in `AppConfig.ready`.

register_alert_part(AlertPart("cases", case_actions, cases_of, "incidents.view_case"))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.actions import Action
from pages.parts import add_part, open_to

if TYPE_CHECKING:
    from risk.models import Alert
    from staff.models import User

Link = tuple[str, str]  # what it is called, where it is


@dataclass(frozen=True)
class AlertPart:
    """`actions(user, alert)` gives buttons, `links(user, alert)` what came of the alert; each in one query at most."""

    key: str
    actions: Callable[[User, Alert], Sequence[Action]]
    links: Callable[[User, Alert], Sequence[Link]]
    permission: str = ""


ALERT_PARTS: list[AlertPart] = []


def register_alert_part(part: AlertPart) -> None:
    add_part(ALERT_PARTS, part)


def actions_of(user: User, alert: Alert) -> list[Action]:
    return [action for part in open_to(user, ALERT_PARTS) for action in part.actions(user, alert)]


def links_of(user: User, alert: Alert) -> list[Link]:
    """Return what came of an alert, as far as the person may see it."""
    return [link for part in open_to(user, ALERT_PARTS) for link in part.links(user, alert)]
