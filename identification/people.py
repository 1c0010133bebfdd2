"""Who can own what this room finds."""

from django.db.models import QuerySet

from staff.checkers import holders_of
from staff.models import User


def change_owners(request: object = None) -> QuerySet[User]:
    """Active people whose roles work on changes of rules, by name."""
    return holders_of("identification.change_regulatorychange").order_by("full_name", "pk")


def emerging_owners(request: object = None) -> QuerySet[User]:
    """Active people who see the radar, by name."""
    return holders_of("identification.view_emergingrisk").order_by("full_name", "pk")


def drawers(request: object = None) -> QuerySet[User]:
    """Active people who draw process maps, and so may own one, by name."""
    return holders_of("identification.change_processmap").order_by("full_name", "pk")


def session_people(request: object = None) -> QuerySet[User]:
    """Active people who see what-if sessions, by name."""
    return holders_of("identification.view_swiftsession").order_by("full_name", "pk")
