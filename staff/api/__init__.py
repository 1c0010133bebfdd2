from staff.api import schema
from staff.api.changes import ChangeViewSet
from staff.api.jobs import JobViewSet
from staff.api.notifications import NotificationViewSet
from staff.api.users import UserViewSet

__all__ = ["ROUTES", "schema"]

ROUTES = [
    ("changes", ChangeViewSet, "change"),
    ("jobs", JobViewSet, "job"),
    ("notifications", NotificationViewSet, "notification"),
    ("users", UserViewSet, "user"),
]
