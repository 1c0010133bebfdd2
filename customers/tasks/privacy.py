from celery import shared_task
from django.utils import timezone

# Services import tasks: their import inside a function is the one that is allowed.


@shared_task
def finish_erasures_task() -> None:
    from customers.services.erasures import finish_erasures

    finish_erasures(at=timezone.now())
