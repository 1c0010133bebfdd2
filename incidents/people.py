"""Who can own a case, and whom a plan can call."""

from django.db.models import QuerySet

from staff.checkers import holders_of
from staff.models import User


def case_people(request: object = None) -> QuerySet[User]:
    """Active people whose roles work on cases, by name."""
    return holders_of("incidents.change_case").order_by("full_name", "pk")


def called_people(request: object = None) -> QuerySet[User]:
    """Active people who see plans, by name."""
    return holders_of("incidents.view_plan").order_by("full_name", "pk")


def incident_people(request: object = None) -> QuerySet[User]:
    """Active people whose roles work on incidents, by name."""
    return holders_of("incidents.change_incident").order_by("full_name", "pk")
