from celery import shared_task
from django.utils import timezone


@shared_task
def expire_sessions_task() -> None:
    from staff.services.sessions import expire_sessions

    expire_sessions(at=timezone.now())
