"""What other parts of the house put on a risk's page: plain lists, filled in `AppConfig.ready`.

    register_panel(Panel("losses", _("Losses"), losses_panel, "incidents/losses_panel.html", "incidents.view_loss"))
    register_tab(Tab("response", _("Response"), "response/", "risk.view_treatment"))

Each says who may see it. Whoever may not, or for whom a panel's function returns None, sees nothing at all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from pages.parts import add_part, open_to

if TYPE_CHECKING:
    from risk.models import Risk
    from staff.models import User

Text = str | Promise


@dataclass(frozen=True)
class Panel:
    """A section of the overview. `context(user, risk)` gives what `template` knows as `panel`, or None for no section.
    The lower `order`, the higher it stands; `queries` says how many it makes at most, whatever the risk has."""

    key: str
    title: Text
    context: Callable[[User, Risk], dict[str, Any] | None]
    template: str
    permission: str = ""
    order: int = 50
    queries: int = 1


@dataclass(frozen=True)
class Tab:
    """A tab over all pages of a risk; `part` is the end of its address under the risk's."""

    key: str
    label: Text
    part: str
    permission: str = ""

    def url(self, risk: Risk) -> str:
        return f"/risk/register/{risk.reference}/{self.part}"


PANELS: list[Panel] = []
TABS: list[Tab] = []


def register_panel(panel: Panel) -> None:
    add_part(PANELS, panel)
    PANELS.sort(key=lambda one: one.order)  # those of one order stay as they were registered


def register_tab(tab: Tab) -> None:
    add_part(TABS, tab)


def panels_of(user: User, risk: Risk) -> list[dict[str, Any]]:
    """Return the panels that the person sees, in order, each with its context."""
    found = [(panel, panel.context(user, risk)) for panel in open_to(user, PANELS)]
    return [
        {"key": panel.key, "title": panel.title, "template": panel.template, "context": context}
        for panel, context in found
        if context is not None
    ]


def tabs_of(user: User, risk: Risk, chosen: str) -> list[dict[str, Any]]:
    """Return the tabs that the person may open, as `components/tabs.html` takes them; `chosen` is the one shown."""
    return [{"label": tab.label, "url": tab.url(risk), "active": tab.key == chosen} for tab in open_to(user, TABS)]
