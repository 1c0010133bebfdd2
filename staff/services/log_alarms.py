"""Who is told that the log does not hold: the log itself knows nobody."""

from django.urls import reverse

from audit.alarms import Alarm
from staff.checkers import holders_of
from staff.models.notifications import NotificationKind
from staff.services.notifications import notify


def tell_readers_of_the_log(alarm: Alarm) -> None:
    """Tell everybody who may read the log, once for each alarm, in their language."""
    notify(
        users=holders_of("audit.view_event"),
        kind=NotificationKind.LOG,
        key=alarm.key[:120],
        title=alarm.title,
        body=alarm.body,
        url=reverse("audit:event_list"),
        at=alarm.at,
    )
