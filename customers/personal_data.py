"""What rooms above keep of a customer: it is told to the person who asks for everything, and goes when they are erased.

In an `AppConfig.ready` of such a room: `register_kept(Kept(…))`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models.fields.files import FieldFile
from django.utils.functional import Promise

from customers.models import Customer
from pages.parts import add_part

Emptied = tuple[Any, dict[str, Any]]  # rows, and what is put in place of their texts


def no_files(customer: Customer) -> Sequence[FieldFile]:
    return ()


@dataclass(frozen=True)
class Kept:
    """One kind of thing kept. `told` gives its rows for the package, as dicts of text, numbers and times; `emptied` the
    tables and columns that lose their texts at erasure; `files` what is deleted from disk with them."""

    key: str
    title: str | Promise
    told: Callable[[Customer], Sequence[dict[str, Any]]]
    emptied: Callable[[Customer], Iterable[Emptied]]
    files: Callable[[Customer], Iterable[FieldFile]] = no_files


KEPT: list[Kept] = []


def register_kept(kept: Kept) -> None:
    add_part(KEPT, kept)
