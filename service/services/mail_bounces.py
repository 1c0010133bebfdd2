"""Reports on mails that were sent: those of the desk are told in its tickets, others to whoever asked to hear of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from service.models import Channel, Direction, Mail, MailState
from service.rules.bounces import Bounce, read_bounce
from service.rules.letters import Letter
from service.services.mail_news import tell_of_mail
from service.services.messages import add_message

# What rooms above do with a report on mails that the desk has not sent; filled in `AppConfig.ready`.
ELSEWHERE: list[Callable[[Bounce, datetime], object]] = []


def note_bounce(mail: Mail, letter: Letter, at: datetime) -> None:
    """Put a report beside the mail that it is about, and say in the ticket where it did not arrive; one of no mail of the
    desk's is kept, and other rooms hear of it."""
    bounce = read_bounce(letter)
    sent = Mail.objects.outgoing().numbered(bounce.message_ids).select_related("ticket").order_by("-id").first()
    if sent is None:
        for told in ELSEWHERE:
            told(bounce, at)
        return
    mail.about, mail.ticket = sent, sent.ticket
    if bounce.feedback:
        return
    if bounce.is_final:
        sent.state, sent.error = MailState.BOUNCED, f"{bounce.status} {bounce.diagnosis}".strip()[:400]
        sent.save(update_fields=["state", "error"])
        tell_of_mail(sent, at)
    if sent.ticket:
        mail.message = add_message(
            actor=None, ticket_id=_last(sent.ticket).pk, direction=Direction.NOTE, text=_said(bounce, sent.ticket.language),
            at=at, channel=Channel.EMAIL, external_id=letter.key,
        )  # fmt: skip


def _last(ticket):
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    return ticket


def _said(bounce: Bounce, language: str) -> str:
    with translation.override(language or settings.LANGUAGE_CODE):
        said = (
            _("The e-mail did not arrive.") if bounce.is_final else _("The e-mail is late; its server goes on trying.")
        )
        return f"{said} {bounce.status} {bounce.diagnosis}".strip()
