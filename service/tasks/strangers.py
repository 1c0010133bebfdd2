from celery import shared_task
from django.utils import timezone

# Services import tasks: their import inside a function is the one that is allowed.


@shared_task
def forget_strangers_task() -> None:
    """Take out the words of people who are no customers once their time is over."""
    from service.services.strangers import forget_strangers

    forget_strangers(at=timezone.now())
