import logging
from datetime import date

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from operations.rules.nightly import business_date_at
from operations.services.nightly import NightlyBusy, NightlyFailed, go_on, run_nightly
from operations.services.nightly_news import tell_of_failure, tell_starter
from staff.models import User

logger = logging.getLogger(__name__)


@shared_task(name="operations.nightly")
def nightly_task(day: str = "", actor_id: int | None = None) -> None:
    """Run for an ISO date, or for yesterday on the company's clock. If another run is at work, whoever asked hears
    so."""
    business_date = date.fromisoformat(day) if day else business_date_at(timezone.now(), settings.TIME_ZONE)
    _attempt(lambda actor: run_nightly(business_date=business_date, actor=actor), actor_id)


@shared_task(name="operations.nightly_go_on")
def go_on_task(run_id: int, actor_id: int | None = None) -> None:
    """Take up a failed run where it stopped."""
    _attempt(lambda actor: go_on(run_id=run_id, actor=actor), actor_id)


def _attempt(work, actor_id: int | None) -> None:
    actor = User.objects.filter(pk=actor_id).first()
    try:
        work(actor)
    except NightlyBusy as busy:
        logger.warning("%s", busy.message)
        tell_starter(actor=actor, sentence=str(busy.message), at=timezone.now())
    except NightlyFailed as failure:
        tell_of_failure(run=failure.run, sentence=str(failure), at=timezone.now())
