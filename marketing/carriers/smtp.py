"""Mail over SMTP: one message a call, since a server that falls silent after the content says nothing of what it took."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import formataddr, formatdate
from pathlib import Path

from django.conf import settings

from marketing.carriers import FAILED, LATER, SENT, UNKNOWN, Answer, Blocked, Parcel
from marketing.models import Provider
from service.models import Security
from service.rules.charsets import on_one_line
from service.services.mailboxes import tls_context

SECONDS = 30
PAUSE = timedelta(seconds=30)


class SmtpCarrier:
    at_once = 1

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.server: smtplib.SMTP | None = None

    def hand_over(self, parcels: Sequence[Parcel]) -> list[Answer]:
        return [self._hand_over(parcel) for parcel in parcels]

    def _hand_over(self, parcel: Parcel) -> Answer:
        server = self._open()
        letter = write_letter(self.provider, parcel)
        try:
            refused = self._introduce(server, parcel)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            return Answer(LATER, _short(error))
        return refused or self._give(server, letter)

    def _open(self) -> smtplib.SMTP:
        if self.server is None:
            try:
                self.server = connect(self.provider)
            except (smtplib.SMTPException, OSError, ValueError) as error:
                raise Blocked(_short(error), PAUSE) from error
        return self.server

    def _introduce(self, server: smtplib.SMTP, parcel: Parcel) -> Answer | None:
        """Name sender and receiver; return why the server does not want this message, or None."""
        wide = not parcel.to.isascii()
        if wide and not server.has_extn("smtputf8"):
            return Answer(FAILED, "The server takes no address with such signs.")
        code, said = server.mail(self.provider.from_address, ["SMTPUTF8"] if wide else [])
        if code == 250:
            code, said = server.rcpt(parcel.to)
        if code in (250, 251):
            return None
        server.rset()
        if code == 421:
            self.close()
            raise Blocked(_said(said), PAUSE)
        return Answer(FAILED if code >= 500 else LATER, f"{code} {_said(said)}"[:200])

    def _give(self, server: smtplib.SMTP, letter: bytes) -> Answer:
        """From the first byte of content on, silence means that nobody knows."""
        try:
            code, said = server.data(letter)
        except smtplib.SMTPDataError as error:  # refused before any content was given
            return Answer(
                FAILED if error.smtp_code >= 500 else LATER, f"{error.smtp_code} {_said(error.smtp_error)}"[:200]
            )
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            return Answer(UNKNOWN, _short(error))
        if code == 250:
            return Answer(SENT, ref=_said(said)[:120])
        return Answer(FAILED if code >= 500 else LATER, f"{code} {_said(said)}"[:200])

    def look_up(self, number: str) -> str | None:
        return None

    def close(self) -> None:
        server, self.server = self.server, None
        if server is not None:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()


def write_letter(provider: Provider, parcel: Parcel) -> bytes:
    """Return a message as it goes over the wire, with both ways to unsubscribe (RFC 2369, RFC 8058)."""
    wide = not parcel.to.isascii()
    letter = EmailMessage(policy=(SMTPUTF8 if wide else SMTP).clone(max_line_length=78))
    letter["From"] = formataddr((on_one_line(provider.from_name, 80), provider.from_address))
    letter["To"] = parcel.to
    letter["Subject"] = on_one_line(parcel.subject, 200)
    letter["Date"] = formatdate(usegmt=True)
    letter["Message-ID"] = f"<{parcel.number}@{provider.from_address.partition('@')[2]}>"
    if parcel.unsubscribe_url:
        letter["List-Unsubscribe"] = f"<{parcel.unsubscribe_url}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter["Auto-Submitted"] = "auto-generated"
    letter["Precedence"] = "bulk"
    letter["Content-Language"] = parcel.language
    letter.set_content(parcel.text, cte="base64")
    if parcel.html:
        letter.add_alternative(parcel.html, subtype="html", cte="base64")
    return letter.as_bytes()


def connect(provider: Provider) -> smtplib.SMTP:
    """Sign in to a provider's server, under TLS unless it is on this machine."""
    context: ssl.SSLContext = tls_context()
    if provider.security == Security.TLS:
        server: smtplib.SMTP = smtplib.SMTP_SSL(provider.host, provider.port, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(provider.host, provider.port, timeout=SECONDS)
    try:
        if provider.security == Security.STARTTLS:
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if provider.user:
            server.login(provider.user, password_of(provider))
    except BaseException:
        server.close()
        raise
    return server


def password_of(provider: Provider) -> str:
    """Return the password of a provider, read anew from its file; one that is not there raises ValueError."""
    found = settings.MAIL_SECRETS.get(provider.secret)
    if found is None:
        raise ValueError(f"There is no MAIL_SECRET_{provider.secret} here.")
    return found.read_text().strip() if isinstance(found, Path) else found


def _said(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def _short(error: object) -> str:
    return on_one_line(str(error) or type(error).__name__, 200)
