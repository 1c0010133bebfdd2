"""The company's app and communities, each under a code: where answers go, which secret signs, in which queue they arrive.

They stand in the environment (`OUTLET_<CODE>_…`), so that nobody sets an address on a page to which answers then go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from service.models import Queue


@dataclass(frozen=True)
class Outlet:
    code: str
    channel: str
    url: str = ""
    secret: str | Path = ""
    queue: str = ""

    @property
    def key(self) -> str:
        """The secret, read anew from its file each time; nothing where none is set."""
        return self.secret.read_text().strip() if isinstance(self.secret, Path) else self.secret


def outlet_named(code: str) -> Outlet | None:
    """Return the outlet of a code, or None."""
    found = settings.OUTLETS.get(code)
    return Outlet(code=code, **found) if found else None


def queue_of(outlet: Outlet) -> Queue | None:
    return Queue.objects.filter(code=outlet.queue, is_active=True).first() if outlet.queue else None
