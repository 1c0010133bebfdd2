from datetime import timedelta

from celery import shared_task
from django.utils import timezone

AHEAD = timedelta(hours=12)


@shared_task
def watch_notices_task() -> None:
    """Tell owners of incidents of the notices that are due within half a day, and of those overdue."""
    from incidents.services.incidents import tell_of_clocks

    tell_of_clocks(at=timezone.now(), ahead=AHEAD)
