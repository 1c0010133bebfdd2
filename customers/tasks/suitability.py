from celery import shared_task
from django.utils import timezone

# Services import tasks: their import inside a function is the one that is allowed.


@shared_task(autoretry_for=(OSError,), retry_backoff=True, retry_jitter=True, max_retries=5)
def send_suitability_link_task(invitation_id: int) -> None:
    from customers.services.suitability_links import send_link

    send_link(invitation_id=invitation_id, at=timezone.now())


@shared_task
def remind_of_suitability_task() -> None:
    from customers.services.suitability_results import remind_of_expiry

    remind_of_expiry(at=timezone.now())


@shared_task
def keep_cooling_offs_task() -> None:
    from customers.services.cooling_off import end_cooling_offs, open_cooling_offs

    now = timezone.now()
    open_cooling_offs(at=now)
    end_cooling_offs(at=now)
