"""Gateways for text and push messages, each under a code: where they are, which key signs.

They stand in the environment (`GATEWAY_<CODE>_URL`, `GATEWAY_<CODE>_KEY` or `GATEWAY_<CODE>_KEY_FILE`), so that nobody sets
on a page an address to which customers' numbers then go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Gateway:
    code: str
    url: str = ""
    secret: str | Path = ""

    @property
    def key(self) -> str:
        """The key, read anew from its file each time; nothing where none is set."""
        return self.secret.read_text().strip() if isinstance(self.secret, Path) else self.secret


def gateway_named(code: str) -> Gateway | None:
    """Return the gateway of a code, or None."""
    found = settings.GATEWAYS.get(code)
    return Gateway(code=code, **found) if found else None
