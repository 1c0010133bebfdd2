"""Who can own what stands in this room."""

from django.db.models import QuerySet

from staff.models import User


def colleagues(request: object = None) -> QuerySet[User]:
    """Active people, by name."""
    return User.objects.active().order_by("full_name", "pk")
