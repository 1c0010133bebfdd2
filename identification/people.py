"""Who draws process maps, and so may own one."""

from django.db.models import QuerySet

from staff.checkers import holders_of
from staff.models import User


def drawers(request: object = None) -> QuerySet[User]:
    return holders_of("identification.change_processmap").order_by("full_name", "pk")
