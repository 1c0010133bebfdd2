from celery import shared_task
from django.utils import timezone


@shared_task
def prepare_months_task() -> None:
    """Make the log's partitions of this month and the next three. Safe to run at any time and in parallel."""
    from audit.services.months import prepare_months

    prepare_months(at=timezone.now())
