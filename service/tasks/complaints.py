from celery import shared_task
from django.utils import timezone

# Services import tasks: their import inside a function is the one that is allowed.


@shared_task
def remind_of_clocks_task() -> None:
    from service.services.complaint_clocks import remind_of_clocks

    remind_of_clocks(at=timezone.now())


@shared_task
def propose_improvements_task() -> None:
    from service.services.trends import propose_improvements

    propose_improvements(at=timezone.now())


@shared_task
def find_themes_task() -> None:
    from service.services.complaint_themes import find_themes

    find_themes(at=timezone.now())
