from celery import shared_task
from django.utils import timezone


@shared_task
def remind_of_articles_task() -> None:
    from service.services.articles import remind_of_articles

    remind_of_articles(today=timezone.localdate(), at=timezone.now())
