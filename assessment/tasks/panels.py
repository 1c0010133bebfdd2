from celery import shared_task
from django.utils import timezone


@shared_task
def keep_panels_task() -> None:
    """Close rounds whose deadline has passed, and remind experts a day before one does."""
    from assessment.services.rounds import close_due_rounds, remind_of_votes

    at = timezone.now()
    close_due_rounds(at=at)
    remind_of_votes(at=at)
