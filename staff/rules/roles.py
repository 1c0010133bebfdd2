"""Roles and what each may do. The whole authority of a person is the union over their roles of what is granted here
and in each room's `rules/access.py`; nothing is granted anywhere else."""

from collections.abc import Iterable, Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """A role's value is the name of its group."""

    SERVICE = "service", _("Customer service")
    SERVICE_LEAD = "service_lead", _("Service lead")
    PRODUCT = "product", _("Product")
    MARKETING = "marketing", _("Marketing")
    RISK = "risk", _("Risk")
    COMPLIANCE = "compliance", _("Compliance")
    INTERNAL_AUDIT = "internal_audit", _("Internal audit")
    MANAGEMENT = "management", _("Management")
    ADMINISTRATOR = "administrator", _("Administrator")


EVERYONE = frozenset(Role)
Grants = Mapping[str, frozenset[Role]]


def permissions_of(roles: Iterable[str], grants: Grants) -> set[str]:
    """Return every permission (`app.codename`) that at least one of `roles` holds under `grants`."""
    held = set(roles)
    return {permission for permission, granted in grants.items() if held & granted}


def may(roles: Iterable[str], permission: str, grants: Grants) -> bool:
    """Return whether one of `roles` holds `permission` under `grants`; an unknown permission is held by nobody."""
    return bool(set(roles) & grants.get(permission, frozenset()))
