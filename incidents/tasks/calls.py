from celery import shared_task
from django.utils import timezone


@shared_task
def watch_calls_task() -> None:
    """Pass calls of activated plans that reached nobody in time to the deputies."""
    from incidents.services.calls import pass_to_deputies

    pass_to_deputies(at=timezone.now())
