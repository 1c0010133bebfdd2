"""A mailbox as an anchor: the auditor's own mail server keeps the checkpoint and the day it came."""

import smtplib
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from audit.anchors import NotLeft


def leave(addresses: Sequence[str], note: str, size: int, keys: str) -> bytes:
    """Send a checkpoint; return the message as it was sent. Raises NotLeft with a sentence."""
    message = EmailMessage(
        subject=_("Checkpoint of the log: %(size)s entries") % {"size": size},
        body="\n".join(
            [
                _("Keep this message. It shows later that the log was not rewritten before today:"),
                "python -m audit.verifier FOLDER --anchor checkpoint.txt",
                "",
                note,
                keys,
            ]
        ),
        to=list(addresses),
    )
    message.attach("checkpoint.txt", note.encode(), "application/octet-stream")
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        raise NotLeft(f"The e-mail could not be sent ({error}).") from error
    return message.message().as_bytes()
