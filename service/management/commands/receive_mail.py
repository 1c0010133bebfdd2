"""Take one mail from standard input, as a mail server's pipe gives it."""

import sys

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError
from django.utils import timezone

from service.models import Mailbox, MailState
from service.services.mail_taking import take_or_keep

# sysexits.h, which Postfix, Exim and Sendmail read: try again later; refuse for good and return the sentence.
TRY_AGAIN, REFUSED, NO_SUCH_MAILBOX = 75, 65, 67


class Command(BaseCommand):
    help = "Takes one mail from standard input: manage.py receive_mail --mailbox support < message"

    def add_arguments(self, parser):
        parser.add_argument("--mailbox", required=True, help="the code of the mailbox that it came to")

    def handle(self, *args, mailbox, **options):
        raw = sys.stdin.buffer.read(settings.MAIL_MAX_BYTES + 1)
        size = len(raw) + self._rest()
        try:
            box = Mailbox.objects.active().select_related("queue").filter(code=mailbox).first()
            if box is None:
                self._end(NO_SUCH_MAILBOX, f"No mailbox in use is called {mailbox}.")
            mail = take_or_keep(mailbox=box, raw=raw, at=timezone.now(), size=size)
        except (DatabaseError, OSError) as error:
            self._end(TRY_AGAIN, f"Not taken now, try again: {type(error).__name__}")
        if mail.state == MailState.REFUSED:
            self._end(REFUSED, f"This mail is larger than {settings.MAIL_MAX_BYTES // 2**20} MiB: send it smaller.")

    def _rest(self) -> int:
        """Read on to the end without keeping it, so that the server's pipe does not break."""
        rest = 0
        while chunk := sys.stdin.buffer.read(2**20):
            rest += len(chunk)
        return rest

    def _end(self, code: int, sentence: str):
        self.stderr.write(sentence)
        sys.exit(code)
