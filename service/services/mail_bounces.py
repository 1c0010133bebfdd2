from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from service.models import Channel, Direction, Mail, MailState
from service.rules.bounces import Bounce, read_bounce
from service.rules.letters import Letter
from service.services.mail_news import tell_of_mail
from service.services.messages import add_message


def note_bounce(mail: Mail, letter: Letter, at: datetime) -> None:
    """Put a delivery report beside the mail that it is about, and say so in the ticket; one of no mail of ours is only
    kept."""
    bounce = read_bounce(letter)
    sent = Mail.objects.outgoing().numbered(bounce.message_ids).select_related("ticket").order_by("-id").first()
    if sent is None:
        return
    mail.about, mail.ticket = sent, sent.ticket
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
