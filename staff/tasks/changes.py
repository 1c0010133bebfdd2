from celery import shared_task
from django.utils import timezone


@shared_task
def execute_approved_task(request_id: int) -> None:
    from staff.services.change_execution import execute_approved

    execute_approved(request_id=request_id, at=timezone.now())


@shared_task
def watch_changes_task() -> None:
    """Expire, remind, escalate, and take up what was approved and never carried out."""
    from staff.services.changes import escalate_due, execute_due, expire_due, remind_due

    at = timezone.now()
    expire_due(at)
    remind_due(at)
    escalate_due(at)
    execute_due(at=at)
