from celery import shared_task
from django.utils import timezone


@shared_task
def poll_mailboxes_task() -> None:
    from service.services.mail_polling import poll_mailboxes

    poll_mailboxes(at=timezone.now())


@shared_task
def send_mails_task() -> None:
    from service.services.mail_sending import send_mails

    send_mails(at=timezone.now())
