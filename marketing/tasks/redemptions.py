from celery import shared_task
from django.utils import timezone


@shared_task
def settle_redemptions_task() -> None:
    """Release reservations whose time is over; pay what has waited, or hold it for signs of abuse."""
    from marketing.services.settlement import expire_reservations, pay_due

    expire_reservations(at=timezone.now())
    pay_due(at=timezone.now())
