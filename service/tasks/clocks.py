from celery import shared_task
from django.utils import timezone

# Services import tasks: their import inside a function is the one that is allowed.


@shared_task
def recompute_clocks_task() -> None:
    """Reckon the clocks of every open ticket anew: a policy has changed."""
    from service.services.clocks import recompute_open

    recompute_open(at=timezone.now())


@shared_task
def relay_calendars_task() -> None:
    """Lay calendars out anew where their hours, their days or the holidays changed, and reckon what hangs on them."""
    from service.services.clocks import lay_out_and_recompute

    lay_out_and_recompute(at=timezone.now())


@shared_task
def escalate_task() -> None:
    """Mark the deadlines that have passed, and take the steps that are due."""
    from service.services.clocks import mark_passed
    from service.services.escalations import escalate_due

    at = timezone.now()
    mark_passed(at=at)
    escalate_due(at=at)
