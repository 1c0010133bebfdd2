"""Whether a mailbox can be read and written from: by really signing in."""

from __future__ import annotations

import imaplib
import smtplib
from dataclasses import dataclass

from django.utils.translation import gettext as _

from service.models import Mailbox
from service.rules.charsets import on_one_line
from service.services.mail_polling import signed_in
from service.services.mail_sending import connect


@dataclass(frozen=True)
class Trial:
    """What a server answered."""

    server: str
    is_good: bool
    said: str


def try_mailbox(mailbox: Mailbox) -> list[Trial]:
    """Sign in to both servers of a mailbox, change nothing there, and return what each said."""
    trials = [_read(mailbox)] if mailbox.imap_host else []
    return trials + ([_write(mailbox)] if mailbox.smtp_host else [])


def _read(mailbox: Mailbox) -> Trial:
    place = f"IMAP {mailbox.imap_host}:{mailbox.imap_port}"
    try:
        with signed_in(mailbox) as server:
            waiting = len((server.uid("SEARCH", "UNSEEN")[1][0] or b"").split())
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        return Trial(place, False, on_one_line(str(error) or type(error).__name__, 400))
    return Trial(place, True, _("Signed in; %(n)d unread.") % {"n": waiting})


def _write(mailbox: Mailbox) -> Trial:
    place = f"SMTP {mailbox.smtp_host}:{mailbox.smtp_port}"
    try:
        server = connect(mailbox)
        code, said = server.noop()
        server.quit()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return Trial(place, False, on_one_line(str(error) or type(error).__name__, 400))
    return Trial(place, code == 250, _("Signed in.") if code == 250 else said.decode("utf-8", "replace"))
