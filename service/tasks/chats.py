from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

# Services import tasks: their import inside a function is the one that is allowed.


@shared_task
def end_silent_chats_task() -> None:
    """End the chats whose visitor has closed the window and not come back."""
    from service.services.chats import end_silent

    at = timezone.now()
    end_silent(before=at - timedelta(minutes=settings.CHAT_AWAY_MINUTES), at=at)
