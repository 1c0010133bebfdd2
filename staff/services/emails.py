"""E-mail to staff. Each is claimed before it is sent, so two senders never send one twice; what the network refuses
is given back and tried again, what the receiver refuses is not."""

import logging
import smtplib
from datetime import datetime, timedelta

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import name_act
from staff.languages import speaking_to
from staff.models import Notification, User

logger = logging.getLogger(__name__)

NEWS_FOR = timedelta(days=1)
# The receiver has said no for good; asking again would only annoy.
REFUSALS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPNotSupportedError)


def send_emails(*, at: datetime) -> int:
    """Send every notification that waits to go by e-mail, over one connection, and return how many were sent.

    Raises OSError when the network fails; what was not sent then waits for the next call. A sender killed between
    claiming and sending loses that one message: better than sending it twice, and it still stands in the app.
    """
    sent = 0
    connection = get_connection()
    try:
        while (notification := _claim_next(at)) is not None:
            sent += _send(notification, connection)
    finally:
        connection.close()
    return sent


@transaction.atomic
def _claim_next(at: datetime) -> Notification | None:
    waiting = Notification.objects.to_email(at - NEWS_FOR).select_for_update(skip_locked=True, of=["self"])
    notification = waiting.select_related("user").order_by("id").first()
    if notification is not None:
        name_act("staff.notification.emailed")
        notification.emailed_at = at
        notification.save(update_fields=["emailed_at"])
    return notification


def _send(notification: Notification, connection: BaseEmailBackend) -> bool:
    try:
        _message(notification, connection).send()
    except REFUSALS as error:
        logger.warning("The e-mail of notification %s was refused: %s", notification.pk, type(error).__name__)
        return False
    except OSError:
        with transaction.atomic():
            name_act("staff.notification.email_failed")
            Notification.objects.filter(pk=notification.pk).update(emailed_at=None)
        raise
    return True


def _message(notification: Notification, connection: BaseEmailBackend) -> EmailMessage:
    user = notification.user
    with speaking_to(user):
        text = render_to_string(
            "staff/notification_email.txt",
            {
                "notification": notification,
                "user": user,
                "site": settings.SITE_URL,
                "profile": reverse("staff:profile"),
            },
        )
    subject = " ".join(notification.title.split())
    return EmailMessage(
        subject, text, to=[user.email], connection=connection, headers={"Auto-Submitted": "auto-generated"}
    )


def send_password_link(*, user_id: int) -> None:
    """Send a person the link with which they set their password. It works once, and for as long as any reset link."""
    user = User.objects.get(pk=user_id)
    if not user.is_active:
        return
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uid, _dash, token = key.partition("-")
    link = settings.SITE_URL.rstrip("/") + reverse(
        "account_reset_password_from_key", kwargs={"uidb36": uid, "key": token}
    )
    with speaking_to(user):
        text = render_to_string(
            "staff/password_link_email.txt", {"user": user, "link": link, "company": settings.COMPANY_NAME}
        )
        EmailMessage(_("Set your password for Meridian"), text, to=[user.email]).send()
