"""A page to picture, by whom it is looked at, and where its address comes from. Import it once Django is set up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps

from surveys.services.invitations import token_of

LEAD, DESK, RISK, AUDIT, ADMIN = "service_lead", "service", "risk", "internal_audit", "administrator"


def first(model: str, name: str = "pk", **where: Any) -> Callable[[], list[Any]]:
    """Return a function that gives the address part of the first such record, or nothing where there is none."""
    return lambda: list(apps.get_model(model).objects.filter(**where).order_by("pk").values_list(name, flat=True)[:1])


def first_row(model: str, *names: str, **where: Any) -> Callable[[], list[Any]]:
    """The same for a page whose address names several things."""

    def parts() -> list[Any]:
        found = apps.get_model(model).objects.filter(**where).order_by("pk").values_list(*names).first()
        return list(found or [])

    return parts


def history_of(model: str) -> Callable[[], list[Any]]:
    """Return a function that gives the address part of the history of the first such record."""
    return lambda: [apps.get_model(model)._meta.db_table, *first(model)()]


def explained(model: str, name: str, subject: str, figure: str = "balance") -> Callable[[], list[Any]]:
    """Return a function that gives the address part of the explanation of a figure of the first such record."""
    return lambda: [subject, *first(model, name)(), figure]


def link() -> list[Any]:
    """The token of a link to a questionnaire that nobody has followed yet."""
    invitation = apps.get_model("surveys.Invitation").objects.filter(response=None).order_by("pk").first()
    return [token_of(invitation)] if invitation else []


@dataclass(frozen=True)
class Shot:
    """A page to picture: its file's name, URL name, roles that look at it, and what its address names."""

    name: str
    page: str
    roles: tuple[str, ...] = (ADMIN,)
    of: Callable[[], list[Any]] | None = None
    query: str = ""
    keys: tuple[str, ...] = field(default=())
