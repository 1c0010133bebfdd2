"""Which rows somebody sees of what has a business line: those of their lines, and those of the whole company."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from staff.models import User

Rows = TypeVar("Rows", bound=QuerySet)


def of_lines(rows: Rows, user: User, permission: str) -> Rows:
    """Return the rows that the person sees; none without the permission."""
    if not user.has_perm(permission):
        return rows.none()
    if user.business_lines:
        return rows.filter(Q(line__in=user.business_lines) | Q(line__isnull=True))
    return rows
