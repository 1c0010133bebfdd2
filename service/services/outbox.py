"""Mails that wait to be sent: an answer to each message of an agent, and the few that the desk writes by itself."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.encryption import email_index
from service.models import (
    Channel,
    Direction,
    Mail,
    Mailbox,
    MailDirection,
    MailKind,
    MailState,
    Ticket,
    TicketMessage,
    TicketStatus,
)
from service.rules.charsets import on_one_line
from service.rules.reply_tokens import token, without_token
from service.services.ratings import rating_path
from service.tasks.mail import send_mails_task
from staff.models import User

HOUR = timedelta(hours=1)
RECEIPTS_PER_HOUR = 5  # to one address: more would be a conversation of machines
MOST_REFERENCES = 20


@transaction.atomic
def queue_answer(*, message: TicketMessage, at: datetime) -> Mail | None:
    """Queue the mail of an agent's answer, once for each message; None where the answer goes another way, or no mailbox
    sends at all.

    Raises ValidationError where there is no address to write to."""
    if message.direction != Direction.OUT or message.channel != Channel.EMAIL:
        return None
    known = Mail.objects.outgoing().filter(message=message).first()
    if known:
        return known
    ticket = message.ticket
    mailbox, peer = mailbox_for(ticket), peer_of(ticket)
    if mailbox is None:
        return None
    if not peer:
        raise ValidationError(_("There is no e-mail address to answer to: enter one as the ticket's contact."))
    return _queue(mailbox, ticket, peer, MailKind.ANSWER, at, message=message)


def mailbox_for(ticket: Ticket) -> Mailbox | None:
    """Return the mailbox that a ticket's mails go from: where its last mail came, else its queue's, else the first."""
    senders = Mailbox.objects.active().exclude(smtp_host="")
    last = senders.filter(mails__ticket=ticket).order_by("-mails__at", "-mails__id").first()
    return last or senders.filter(queue=ticket.queue_id).first() or senders.order_by("id").first()


def peer_of(ticket: Ticket) -> str:
    """Return the address to answer to: of whoever wrote last and belongs to the ticket."""
    last = ticket.mails.incoming().filter(kind=MailKind.PERSON, peer__isnull=False).order_by("-at", "-id").first()
    known = [last.peer if last else "", ticket.contact, ticket.customer.email if ticket.customer else ""]
    return next((one for one in known if one and "@" in one), "")


def queue_receipt(*, mail: Mail, at: datetime) -> Mail | None:
    """Tell the sender of a new ticket that their mail has come; once for a ticket, a few times an hour for an address."""
    ticket, mailbox = mail.ticket, mail.mailbox
    if not ticket or not mail.peer or not mailbox.acknowledge or not mailbox.smtp_host:
        return None
    lately = Mail.objects.outgoing().of_peer(mail.peer).filter(kind=MailKind.RECEIPT).since(at, HOUR)
    if ticket.mails.filter(kind=MailKind.RECEIPT).exists() or lately.count() >= RECEIPTS_PER_HOUR:
        return None
    with translation.override(ticket.language or settings.LANGUAGE_CODE):
        text = _(
            "We have received your message. Its number is %(number)s; please keep it in the subject when you write again.\n"
            "We never ask for passwords or one-time codes by e-mail."
        ) % {"number": ticket.reference}
    return _queue(mailbox, ticket, mail.peer, MailKind.RECEIPT, at, text=text, answers=mail)


def queue_refusal(*, mail: Mail, at: datetime) -> Mail | None:
    """Tell the sender of a mail too large that it was not taken."""
    lately = Mail.objects.outgoing().of_peer(mail.peer or "").filter(kind=MailKind.REFUSAL).since(at, HOUR)
    if not mail.mailbox.smtp_host or lately.count() >= RECEIPTS_PER_HOUR:
        return None
    text = _("Your mail “%(subject)s” is larger than %(n)d MiB and was not taken: please send it smaller.") % {
        "subject": mail.subject[:100],
        "n": settings.MAIL_MAX_BYTES // 2**20,
    }
    return _queue(mail.mailbox, None, mail.peer or "", MailKind.REFUSAL, at, text=text, answers=mail)


def queue_automatic(*, ticket: Ticket, kind: str, text: str, at: datetime) -> Mail | None:
    """Queue a mail that the desk writes by itself, once of each kind for a ticket; None where nobody can be written to."""
    mailbox, peer = mailbox_for(ticket), peer_of(ticket)
    if mailbox is None or not peer or ticket.mails.filter(kind=kind).exists():
        return None
    return _queue(mailbox, ticket, peer, kind, at, text=text)


@transaction.atomic
def queue_transcript(*, ticket: Ticket, peer: str, text: str, at: datetime) -> Mail:
    """Queue the transcript of a chat that may be sent (`why_not_mailed`, with the ticket locked).

    A visitor may name any address, so one address is sent only a few an hour."""
    mailbox = mailbox_for(ticket)
    if mailbox is None:
        raise ValidationError(_("No mailbox sends e-mail."))
    if (
        Mail.objects.outgoing().of_peer(peer).filter(kind=MailKind.TRANSCRIPT).since(at, HOUR).count()
        >= RECEIPTS_PER_HOUR
    ):
        raise ValidationError(_("Too much was sent to this address. Try again later."))
    return _queue(mailbox, ticket, peer, MailKind.TRANSCRIPT, at, text=text)


def ask_by_mail(ticket: Ticket, at: datetime) -> None:
    """Ask whoever wrote by mail how they were looked after, once, when their ticket is resolved."""
    if ticket.channel != Channel.EMAIL or ticket.status != TicketStatus.RESOLVED or ticket.rating is not None:
        return
    with translation.override(ticket.language or settings.LANGUAGE_CODE):
        text = _(
            "We have resolved your request %(number)s. If it is not, just answer this mail.\n\n"
            "How did we look after you? One question, no sign-in: %(link)s"
        ) % {"number": ticket.reference, "link": f"{settings.SITE_URL}{rating_path(ticket)}"}
    queue_automatic(ticket=ticket, kind=MailKind.RATING, text=text, at=at)


def _queue(
    mailbox: Mailbox,
    ticket: Ticket | None,
    peer: str,
    kind: str,
    at: datetime,
    *,
    text: str = "",
    message: TicketMessage | None = None,
    answers: Mail | None = None,
) -> Mail:
    """The number is made here, before the first attempt: however often it is tried, it is one mail."""
    name_act(f"service.mail.{kind}_queued")
    last = answers or (ticket.mails.incoming().exclude(number="").order_by("-at", "-id").first() if ticket else None)
    chain = [*last.refers_to, last.number][-MOST_REFERENCES:] if last else []
    number = f"{secrets.token_hex(16)}@{mailbox.address.partition('@')[2]}"
    mail = Mail.objects.create(
        mailbox=mailbox, direction=MailDirection.OUT, state=MailState.QUEUED, kind=kind, key=number, number=number,
        refers_to=[one for one in chain if one], peer=peer, peer_index=email_index(peer), text=text, ticket=ticket,
        message=message, subject=_subject(ticket, last), at=at, next_at=at, about=answers,
    )  # fmt: skip
    send_mails_task.delay_on_commit()
    return mail


def _subject(ticket: Ticket | None, last: Mail | None) -> str:
    said = without_token(ticket.subject if ticket else last.subject if last else "")
    return f"Re: {on_one_line(said, 200)} {token(ticket.reference, settings.SECRET_KEY) if ticket else ''}".strip()


@transaction.atomic
def retry_mail(*, actor: User, mail_id: int, at: datetime) -> Mail:
    """Send a mail again that failed, came back, or was perhaps sent: a person has decided that twice is better than never."""
    mail = Mail.objects.select_for_update().get(pk=mail_id)
    if mail.direction != MailDirection.OUT or mail.state not in {MailState.FAILED, MailState.UNSURE, MailState.BOUNCED}:
        raise ValidationError(_("This mail is not one that failed."))
    name_act("service.mail.retried")
    mail.state, mail.attempts, mail.next_at, mail.error = MailState.QUEUED, 0, at, ""
    mail.save(update_fields=["state", "attempts", "next_at", "error"])
    send_mails_task.delay_on_commit()
    return mail


def answer_by_mail(ticket: Ticket, message: TicketMessage) -> None:
    """What the desk calls after an agent's answer (`service.services.messages.AFTER_ANSWER`)."""
    queue_answer(message=message, at=message.at)


@transaction.atomic
def settle_mail(*, actor: User, mail_id: int) -> Mail:
    """Note that a mail which was perhaps sent has arrived: somebody has asked, or looked at the server's log."""
    mail = Mail.objects.select_for_update().get(pk=mail_id)
    if mail.state != MailState.UNSURE:
        raise ValidationError(_("This mail is not one that was perhaps sent."))
    name_act("service.mail.settled")
    mail.state, mail.error = MailState.SENT, ""
    mail.save(update_fields=["state", "error"])
    return mail
