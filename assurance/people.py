"""Who audits, and who can own an area or a finding."""

from django.db.models import QuerySet

from staff.checkers import holders_of
from staff.models import User


def auditors(request: object = None) -> QuerySet[User]:
    return holders_of("assurance.change_engagement").order_by("full_name", "pk")


def owners(request: object = None) -> QuerySet[User]:
    """Active people whose roles answer findings, by name."""
    return holders_of("assurance.answer_finding").order_by("full_name", "pk")
