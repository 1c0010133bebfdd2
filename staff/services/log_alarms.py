"""Who is told that the log does not hold: the log itself knows nobody."""

from django.urls import reverse

from audit.alarms import Alarm
from staff.models import User
from staff.models.notifications import NotificationKind
from staff.rules.access import GRANTS
from staff.services.notifications import notify


def tell_readers_of_the_log(alarm: Alarm) -> None:
    """Tell everybody who may read the log, once for each alarm, in their language."""
    people = User.objects.filter(is_active=True, groups__name__in=GRANTS["audit.view_event"]).distinct()
    notify(
        users=people,
        kind=NotificationKind.LOG,
        key=alarm.key[:120],
        title=alarm.title,
        body=alarm.body,
        url=reverse("audit:event_list"),
        at=alarm.at,
    )
