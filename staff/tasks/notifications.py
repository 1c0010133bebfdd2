from celery import shared_task
from django.utils import timezone


@shared_task(autoretry_for=(OSError,), retry_backoff=True, retry_jitter=True, retry_backoff_max=600, max_retries=8)
def send_emails_task() -> None:
    from staff.services.emails import send_emails

    send_emails(at=timezone.now())


@shared_task(autoretry_for=(OSError,), retry_backoff=True, retry_jitter=True, retry_backoff_max=600, max_retries=8)
def send_password_link_task(user_id: int) -> None:
    from staff.services.emails import send_password_link

    send_password_link(user_id=user_id)
