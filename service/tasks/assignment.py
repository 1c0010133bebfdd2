from celery import shared_task
from django.utils import timezone

# Services import tasks: their import inside a function is the one that is allowed.


@shared_task
def hand_out_task() -> None:
    """Give what waits to whoever has room: a ticket has ended, or a minute is over."""
    from service.services.assignment import hand_out_waiting

    hand_out_waiting(at=timezone.now())
