"""What a service asks before it acts."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from staff.models import User


def require(actor: User, permission: str) -> None:
    """Raise PermissionDenied where somebody's role does not hold this permission, such as "marketing.add_segment"."""
    if not actor.has_perm(permission):
        raise PermissionDenied(_("Your role does not allow this."))
