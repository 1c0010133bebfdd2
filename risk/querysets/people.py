"""Who can own a risk, an indicator or an alert."""

from __future__ import annotations

from django.db.models import QuerySet

from staff.checkers import holders_of
from staff.models import User


def risk_people(request: object = None) -> QuerySet[User]:
    """Active people whose roles see the register, by name."""
    return _of_roles("risk.view_risk")


def alert_people() -> QuerySet[User]:
    """Active people whose roles close alerts, by name."""
    return _of_roles("risk.close_alert")


def _of_roles(permission: str) -> QuerySet[User]:
    return holders_of(permission).order_by("full_name", "pk")
