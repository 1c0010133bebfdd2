"""Giving queued mails to their servers.

    queued ──claim──▶ sending ──server takes sender and receiver──▶ handed ──content taken──▶ sent
       ▲                 │                                             │
       └── later ◀───────┴── refused for now                           └── died or cut off here ──▶ unsure

SMTP cannot say whether a server has taken a mail when the connection breaks while its content is on the way. So nothing
is tried again from `handed`: a mail is never sent twice by itself, and one that perhaps was not sent is shown.
"""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, formataddr
from smtplib import SMTPException

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation

from audit.services import name_act
from service.models import Mail, Mailbox, MailState, Security
from service.rules.autoreplies import HEADER_OF_OURS
from service.rules.charsets import on_one_line
from service.rules.reply_tokens import reply_address
from service.services.mail_news import tell_of_mail
from service.services.mailboxes import secret_of, tls_context

SECONDS = 30
MOST_ATTEMPTS = 8
SILENCE = timedelta(minutes=10)
MOST_AT_ONCE = 500


class Refused(Exception):
    """The server said no: for good, or for now."""

    def __init__(self, code: int, said: bytes | str):
        super().__init__(said.decode("utf-8", "replace") if isinstance(said, bytes) else said)
        self.code = code

    @property
    def is_final(self) -> bool:
        return 500 <= self.code < 600


def send_mails(*, at: datetime) -> int:
    """Send what is due, and settle what somebody began and never finished; return how many were given to a server."""
    settle_silent(at=at)
    sent = 0
    with Servers() as servers:
        for _turn in range(MOST_AT_ONCE):
            mail = _claim(at)
            if mail is None:
                break
            sent += _deliver(mail, servers, at)
    return sent


@transaction.atomic
def settle_silent(*, at: datetime) -> None:
    """A mail whose content was never given away is sent anew; of one whose content was, nobody knows."""
    for mail in Mail.objects.silent(at, SILENCE).select_for_update(skip_locked=True):
        name_act("service.mail.settled")
        if mail.state == MailState.SENDING:
            _later(mail, at, "The sender died before anything was sent.")
        else:
            _end(mail, MailState.UNSURE, "The sender died while the mail was handed over.", at)


@transaction.atomic
def _claim(at: datetime) -> Mail | None:
    mail = Mail.objects.due(at).order_by("next_at", "id").select_for_update(skip_locked=True, of=("self",)).first()
    if mail:
        name_act("service.mail.claimed")
        mail.state, mail.attempts, mail.claimed_at = MailState.SENDING, mail.attempts + 1, timezone.now()
        mail.save(update_fields=["state", "attempts", "claimed_at"])
    return mail


def _deliver(mail: Mail, servers: Servers, at: datetime) -> bool:
    """Give one mail to its server. Every way out of here leaves a state that says what is known."""
    try:
        server = servers.of(mail.mailbox)
        letter = write_letter(mail, at)
        _introduce(server, mail)
    except (Refused, SMTPException, OSError, ValueError) as error:
        servers.forget(mail.mailbox)
        # A certificate that does not hold is both a ValueError and an OSError: the operator mends it, and it goes on.
        is_final = error.is_final if isinstance(error, Refused) else not isinstance(error, (OSError, SMTPException))
        _refused(mail, at, str(error), is_final=is_final)
        return False
    mail.original.save(f"{mail.number.partition('@')[0]}.eml", ContentFile(letter), save=False)
    mail.size = len(letter)
    _step(mail, "service.mail.handed_over", state=MailState.HANDED)
    said: bytes | str
    try:
        code, said = server.data(letter)
    except smtplib.SMTPDataError as error:
        code, said = error.smtp_code, error.smtp_error  # refused before any content was given
    except (SMTPException, OSError) as error:
        servers.forget(mail.mailbox)
        with transaction.atomic():
            name_act("service.mail.unsure")
            _end(mail, MailState.UNSURE, str(error) or type(error).__name__, at)
        return False
    if code != 250:
        servers.forget(mail.mailbox)
        refusal = Refused(code, said)
        _refused(mail, at, str(refusal), is_final=refusal.is_final)
        return False
    _step(mail, "service.mail.sent", state=MailState.SENT, sent_at=at, error="")
    return True


def _introduce(server: smtplib.SMTP, mail: Mail) -> None:
    """Name sender and receiver. What the desk writes by itself has an empty sender, so that nothing answers it (RFC 3834)."""
    wide = not (mail.peer or "").isascii()
    if wide and not server.has_extn("smtputf8"):
        raise Refused(553, "The server takes no address with such signs.")
    code, said = server.mail("" if mail.is_automatic else mail.mailbox.address, ["SMTPUTF8"] if wide else [])
    if code == 250:
        code, said = server.rcpt(mail.peer or "")
    if code not in (250, 251):
        raise Refused(code, said)


def _refused(mail: Mail, at: datetime, why: str, *, is_final: bool) -> None:
    with transaction.atomic():
        name_act("service.mail.refused")
        if is_final or mail.attempts >= MOST_ATTEMPTS:
            _end(mail, MailState.FAILED, why, at)
        else:
            _later(mail, at, why)


def _later(mail: Mail, at: datetime, why: str) -> None:
    """Twice as long each time: from a minute to four hours."""
    wait = min(timedelta(minutes=2 ** max(0, mail.attempts - 1)), timedelta(hours=4))
    mail.state, mail.next_at, mail.error = MailState.QUEUED, at + wait, _short(why)
    mail.save(update_fields=["state", "next_at", "error"])


def _end(mail: Mail, state: str, why: str, at: datetime) -> None:
    """`original` and `size` go with it: a mail that was perhaps sent keeps the bytes that were."""
    mail.state, mail.error = state, _short(why)
    mail.save(update_fields=["state", "error", "original", "size"])
    tell_of_mail(mail, at)


def _step(mail: Mail, act: str, **fields: object) -> None:
    with transaction.atomic():
        name_act(act)
        for name, value in fields.items():
            setattr(mail, name, value)
        mail.save(update_fields=[*fields, "original", "size"])


def _short(error: object) -> str:
    return on_one_line(str(error) or type(error).__name__, 400)


def write_letter(mail: Mail, at: datetime) -> bytes:
    """Return a mail as it goes over the wire; the same row gives the same number, thread and words each time."""
    box, ticket = mail.mailbox, mail.ticket
    language = (ticket.language if ticket else "") or settings.LANGUAGE_CODE
    wide = not (mail.peer or "").isascii()
    letter = EmailMessage(policy=(SMTPUTF8 if wide else SMTP).clone(max_line_length=78))
    letter["From"] = formataddr((on_one_line(box.name, 80), box.address))
    letter["To"] = mail.peer or ""
    letter["Subject"] = mail.subject
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = f"<{mail.number}>"
    if mail.refers_to:
        letter["In-Reply-To"] = f"<{mail.refers_to[-1]}>"
        letter["References"] = " ".join(f"<{one}>" for one in mail.refers_to)
    if ticket and box.plus_addresses:
        letter["Reply-To"] = reply_address(box.address, ticket.reference, settings.SECRET_KEY)
    if mail.is_automatic:
        letter["Auto-Submitted"] = "auto-replied"
        letter["X-Auto-Response-Suppress"] = "All"
    letter[HEADER_OF_OURS] = box.code
    with translation.override(language):
        letter.set_content(_words(mail, box.signature(language)), cte="base64")
    for one in mail.message.files.all() if mail.message else []:
        main, _slash, sub = one.media_type.partition("/")
        with one.file.open("rb") as content:
            letter.add_attachment(content.read(), maintype=main, subtype=sub or "octet-stream", filename=one.name)
    return letter.as_bytes()


def _words(mail: Mail, signature: str) -> str:
    text = mail.message.text if mail.message else mail.text
    return f"{text.rstrip()}\n\n-- \n{signature.strip()}\n" if signature.strip() else f"{text.rstrip()}\n"


class Servers:
    """Connections to SMTP servers, one for each mailbox, closed at the end."""

    def __init__(self) -> None:
        self.open: dict[int, smtplib.SMTP] = {}

    def __enter__(self) -> Servers:
        return self

    def __exit__(self, *_error: object) -> None:
        for server in self.open.values():
            _hang_up(server)

    def of(self, mailbox: Mailbox) -> smtplib.SMTP:
        if mailbox.pk not in self.open:
            self.open[mailbox.pk] = connect(mailbox)
        return self.open[mailbox.pk]

    def forget(self, mailbox: Mailbox) -> None:
        """What went wrong once is begun anew."""
        server = self.open.pop(mailbox.pk, None)
        if server:
            _hang_up(server)


def _hang_up(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (SMTPException, OSError):
        server.close()


def connect(mailbox: Mailbox) -> smtplib.SMTP:
    """Sign in to a mailbox's SMTP server, under TLS unless it is on this machine."""
    host, port = mailbox.smtp_host, mailbox.smtp_port
    context: ssl.SSLContext = tls_context()
    if mailbox.smtp_security == Security.TLS:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        if mailbox.smtp_security == Security.STARTTLS:
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if mailbox.user:
            server.login(mailbox.user, secret_of(mailbox))
    except BaseException:
        _hang_up(server)
        raise
    return server
