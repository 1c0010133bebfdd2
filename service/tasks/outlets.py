from celery import shared_task
from django.utils import timezone

# Services import tasks: their import inside a function is the one that is allowed.


@shared_task
def send_deliveries_task() -> None:
    from service.services.deliveries import send_deliveries

    send_deliveries(at=timezone.now())
