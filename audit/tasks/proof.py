from celery import shared_task
from django.utils import timezone


@shared_task
def verify_tail_task() -> None:
    """Hash again what was sealed since the last run. Safe to run at any time and in parallel."""
    from audit.services.verification import verify

    verify(kind="tail", at=timezone.now(), now=timezone.now)


@shared_task
def verify_log_task() -> None:
    """Hash the whole log again, and compare the records with it. Safe to run at any time and in parallel."""
    from audit.services.reconciling import reconcile
    from audit.services.verification import verify

    verify(kind="full", at=timezone.now(), now=timezone.now)
    reconcile(at=timezone.now(), now=timezone.now)


@shared_task
def anchor_task() -> None:
    """Leave the newest checkpoint at every place that does not have it yet. Safe to run at any time."""
    from audit.services.anchoring import anchor

    anchor(at=timezone.now())
