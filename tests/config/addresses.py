"""What an address demands, and how it is filled from the world of tests."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

OWN = ""  # open to whoever is signed in: it shows and changes what is theirs
Kwargs = Callable[[SimpleNamespace], dict[str, Any]]


@dataclass(frozen=True)
class Address:
    """`permission` opens it for GET and POST, `by_method` says where POST demands another; `kwargs` fill its address."""

    permission: str
    kwargs: Kwargs | None = None
    by_method: tuple[tuple[str, str], ...] = ()
    query: str = ""

    def demands(self, method: str) -> str:
        return dict(self.by_method).get(method, self.permission)


def pk(name: str) -> Kwargs:
    return lambda world: {"pk": getattr(world, name).pk}


def key(name: str, field: str) -> Kwargs:
    return lambda world: {field: getattr(getattr(world, name), field)}


def of_customer(name: str) -> Kwargs:
    return lambda world: {"reference": world.customer.reference, "pk": getattr(world, name).pk}
