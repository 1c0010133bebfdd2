"""What becomes of a mail that has come: a message, a note, a ticket, or an entry of the mail log alone."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.encryption import email_index
from customers.rules.masking import mask_email
from service.models import (
    Channel,
    Direction,
    Mail,
    Mailbox,
    MailDirection,
    MailKind,
    MailState,
    MessageFile,
    Ticket,
    TicketMessage,
)
from service.rules.attachments import media_type_of, safe_name, why_not_kept
from service.rules.autoreplies import is_own, may_be_acknowledged, why_automatic
from service.rules.charsets import on_one_line
from service.rules.languages import language_of
from service.rules.letters import File, Letter, read_headers, read_letter
from service.rules.reply_tokens import without_token
from service.services.mail_bounces import note_bounce
from service.services.mail_threads import Thread, customer_of, is_proven, knows, thread_of
from service.services.messages import LONGEST, add_message
from service.services.outbox import queue_receipt, queue_refusal
from service.services.tickets import open_ticket
from staff.models import User

LOG = logging.getLogger(__name__)
HOUR = timedelta(hours=1)
UNANSWERED = {MailKind.AUTOMATIC, MailKind.LIST, MailKind.LOOP, MailKind.FLOOD, MailKind.BOUNCE, MailKind.COPY}


@transaction.atomic
def take_mail(*, mailbox: Mailbox, raw: bytes, at: datetime, size: int = 0) -> Mail:
    """Take a mail that came to a mailbox, once however often it is delivered; return its entry in the mail log.

    `size`: of the whole, where `raw` is only the head of a mail too large to fetch."""
    name_act("service.mail.taken")
    size = max(size, len(raw))
    is_large = size > settings.MAIL_MAX_BYTES
    letter = read_headers(raw) if is_large else read_letter(raw)
    _alone(letter.key)
    known = Mail.objects.filter(mailbox=mailbox, direction=MailDirection.IN, key=letter.key).first()
    if known:
        return known
    kind = MailKind.LARGE if is_large else _kind(letter, mailbox, at)
    mail = _record(mailbox, letter, kind, at, size)
    if is_large:
        return _refuse(mail, letter, at)
    mail.original.save(f"{letter.key}.eml", ContentFile(raw), save=False)
    _place(mail, letter, at)
    mail.save()
    return mail


def _alone(key: str) -> None:
    """The same mail that is delivered twice at once waits here for itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('service.mail' || %s, 0))", [key])


def _record(mailbox: Mailbox, letter: Letter, kind: str, at: datetime, size: int) -> Mail:
    return Mail.objects.create(
        mailbox=mailbox,
        direction=MailDirection.IN,
        state=MailState.KEPT,
        kind=kind,
        key=letter.key,
        number=letter.message_id,
        refers_to=letter.refers_to,
        peer=letter.sender or None,
        peer_index=email_index(letter.sender),
        subject=letter.subject[:300],
        text=letter.text[:LONGEST],
        quoted=letter.quoted[:LONGEST],
        at=at,
        size=size,
    )


def _kind(letter: Letter, mailbox: Mailbox, at: datetime) -> str:
    boxes = dict(Mailbox.objects.values_list("code", "address"))
    if is_own(letter, set(boxes), {address.lower() for address in boxes.values()}):
        return MailKind.LOOP
    if letter.message_id and Mail.objects.outgoing().filter(number=letter.message_id).exists():
        return MailKind.LOOP
    if why := why_automatic(letter):
        return why
    if TicketMessage.objects.filter(channel=Channel.EMAIL, external_id=letter.key).exists():
        return MailKind.COPY
    lately = Mail.objects.incoming().of_peer(letter.sender).since(at, HOUR) if letter.sender else Mail.objects.none()
    return MailKind.FLOOD if lately.count() >= settings.MAIL_SENDER_PER_HOUR else MailKind.PERSON


def _place(mail: Mail, letter: Letter, at: datetime) -> None:
    """Put a mail where it belongs; what a machine wrote never answers, reopens or opens anything."""
    if mail.kind == MailKind.BOUNCE:
        note_bounce(mail, letter, at)
        return
    if mail.kind == MailKind.COPY:
        mail.message = TicketMessage.objects.get(channel=Channel.EMAIL, external_id=letter.key)
        mail.ticket = mail.message.ticket
        return
    _settle_unsure(letter)
    thread = None if mail.kind == MailKind.LOOP else thread_of(letter)
    if mail.kind in UNANSWERED:
        if thread:
            _add_note(mail, letter, thread, _("A machine answered:"), at)
        return
    _take_from_person(mail, letter, thread, at)


def _settle_unsure(letter: Letter) -> None:
    """Whoever answers a mail has got it: of one that was perhaps sent it is known now."""
    Mail.objects.outgoing().numbered(letter.refers_to).filter(state=MailState.UNSURE).update(
        state=MailState.SENT, error=""
    )


def _take_from_person(mail: Mail, letter: Letter, thread: Thread | None, at: datetime) -> None:
    proven = is_proven(letter, mail.mailbox)
    if thread and not (proven and knows(thread.ticket, letter.sender)):
        mail.kind = MailKind.STRANGER
        said = _("From somebody else, %(address)s:") if proven else _("The sender %(address)s may be forged:")
        _add_note(mail, letter, thread, said % {"address": mask_email(letter.sender)}, at)
        return
    mail.state = MailState.TAKEN
    if thread:
        mail.ticket = thread.ticket
        mail.message = _add_words(mail, letter, thread.ticket, Direction.IN, "", at)
        return
    mail.ticket = _open(mail, letter, at, proven=proven)
    mail.message = _add_words(mail, letter, mail.ticket, Direction.IN, "", at)
    if may_be_acknowledged(letter):
        queue_receipt(mail=mail, at=at)


def _open(mail: Mail, letter: Letter, at: datetime, *, proven: bool = True) -> Ticket:
    """A forged sender is nobody's customer until a person has looked."""
    customer = customer_of(letter.sender) if proven and letter.sender else None
    language = customer.language if customer else ""
    return open_ticket(
        actor=None,
        channel=Channel.EMAIL,
        subject=without_token(letter.subject) or _("E-mail without a subject"),
        at=at,
        customer=customer,
        contact=letter.sender,
        queue=mail.mailbox.queue,
        line=mail.mailbox.queue.line,
        language=language or language_of(f"{letter.subject} {letter.text}"),
        source=f"mail:{mail.mailbox.code}",
        external_id=letter.key,
    )


def _add_note(mail: Mail, letter: Letter, thread: Thread, above: str, at: datetime) -> None:
    mail.ticket = thread.ticket
    mail.message = _add_words(mail, letter, thread.ticket, Direction.NOTE, above, at)


def _add_words(mail: Mail, letter: Letter, ticket: Ticket, direction: str, above: str, at: datetime) -> TicketMessage:
    """Add what a mail says to a ticket with the files that are taken; a text too long is cut and kept whole beside."""
    with translation.override(ticket.language or settings.LANGUAGE_CODE):
        taken, left_out = _judge(letter.files)
        words = _words(letter, left_out)
        if len(words) + len(above) >= LONGEST:
            taken.append(File("message.txt", letter.text.encode()))
            words = words[: LONGEST - 400] + "\n\n" + _("[The message goes on: message.txt holds the whole of it.]")
    text = f"{above}\n{words}" if above else words
    message = add_message(
        actor=None, ticket_id=ticket.pk, direction=direction, text=text, at=at, channel=Channel.EMAIL,
        external_id=letter.key,
    )  # fmt: skip
    for one in taken:
        keep_file(message, one)
    return message


def _words(letter: Letter, left_out: list[str]) -> str:
    if not letter.is_readable:
        return _("[This mail cannot be read as one: open it as it came.]")
    return "\n\n".join([letter.text.strip() or _("[The mail has no text.]"), *left_out])


def _judge(files: list[File]) -> tuple[list[File], list[str]]:
    """Return the files that are taken, and a line for each that is not."""
    taken, left_out = [], []
    for one in files:
        why = why_not_kept(one.name, one.content)
        if why is None:
            taken.append(one)
        else:
            said = {"name": safe_name(one.name), "reason": why}
            left_out.append(_("[%(name)s was not taken: %(reason)s. It is still in the mail as it came.]") % said)
    return taken, left_out


def keep_file(message: TicketMessage, one: File) -> MessageFile:
    """Keep a file with a message, by its hash and what its bytes are."""
    digest = hashlib.sha256(one.content).hexdigest()
    name = safe_name(one.name)
    kept = MessageFile(
        message=message, name=name, media_type=media_type_of(one.content), size=len(one.content), sha256=digest
    )
    kept.file.save(f"{digest[:32]}.bin", ContentFile(one.content))
    return kept


def _refuse(mail: Mail, letter: Letter, at: datetime) -> Mail:
    """A mail too large to take: its sender is told, unless it is a machine."""
    mail.state = MailState.REFUSED
    mail.error = _("Larger than %(n)d MiB.") % {"n": settings.MAIL_MAX_BYTES // 2**20}
    mail.save()
    if letter.sender and not why_automatic(letter):
        queue_refusal(mail=mail, at=at)
    return mail


@transaction.atomic
def make_ticket(*, actor: User, mail_id: int, at: datetime) -> Mail:
    """Open a ticket for a mail that was only kept: a person has seen that a person wrote it."""
    mail = Mail.objects.select_for_update(of=("self",)).select_related("mailbox__queue").get(pk=mail_id)
    if mail.ticket_id or mail.direction != MailDirection.IN or not mail.original:
        return mail
    name_act("service.mail.taken_after_all")
    with mail.original.open("rb") as kept:
        letter = read_letter(kept.read())
    mail.ticket = _open(mail, letter, at)
    mail.message = _add_words(mail, letter, mail.ticket, Direction.IN, "", mail.at)
    mail.state, mail.kind = MailState.TAKEN, MailKind.PERSON
    mail.save(update_fields=["ticket", "message", "state", "kind"])
    return mail


def take_or_keep(
    *, mailbox: Mailbox, raw: bytes, at: datetime, size: int = 0, then: Callable[[], object] = int
) -> Mail:
    """Take a mail, and do what belongs to it in the same transaction; one that stumbles over an error of ours is kept and
    shown, so that it holds up none that comes after it. Where database or disk fail, nothing has happened."""
    try:
        with transaction.atomic():
            mail = take_mail(mailbox=mailbox, raw=raw, at=at, size=size)
            then()
    except (OperationalError, InterfaceError, OSError):
        raise
    except Exception as error:
        LOG.exception("A mail to %s was not taken", mailbox.code)
        with transaction.atomic():
            mail = keep_unread(mailbox=mailbox, raw=raw, at=at, error=f"{type(error).__name__}: {error}")
            then()
    return mail


@transaction.atomic
def keep_unread(*, mailbox: Mailbox, raw: bytes, at: datetime, error: str) -> Mail:
    """Keep a mail that could not be taken for a reason of ours, so that the next ones are not held up by it."""
    name_act("service.mail.failed")
    letter = read_headers(raw)
    fresh: dict[str, Any] = {"state": MailState.FAILED, "kind": MailKind.PERSON, "number": letter.message_id}
    fresh |= {"peer": letter.sender or None, "peer_index": email_index(letter.sender), "at": at, "size": len(raw)}
    fresh |= {"subject": letter.subject[:300], "error": on_one_line(error, 400)}
    mail, is_new = Mail.objects.get_or_create(
        mailbox=mailbox, direction=MailDirection.IN, key=letter.key, defaults=fresh
    )
    if is_new:
        mail.original.save(f"{letter.key}.eml", ContentFile(raw))
    return mail
