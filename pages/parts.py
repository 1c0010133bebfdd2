"""Parts that rooms above add to pages of rooms below: each has a `key` of its own and names the permission it wants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar


class Part(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def permission(self) -> str: ...


P = TypeVar("P", bound=Part)


def add_part(known: list[Any], new: Any) -> None:
    """Register a part; ValueError where its key is taken."""
    if any(one.key == new.key for one in known):
        raise ValueError(f"{type(new).__name__} {new.key} is registered already: choose another key.")
    known.append(new)


def open_to(user: Any, parts: Sequence[P]) -> list[P]:
    """Return the parts whose permission the person holds; nothing is asked of the others."""
    return [part for part in parts if not part.permission or user.has_perm(part.permission)]
