"""Mailboxes: what may be entered, where their passwords come from, whether they answer."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from service.models import Mailbox, Security
from staff.models import User

NEAR = {"localhost", "127.0.0.1", "::1"}


def secret_of(mailbox: Mailbox) -> str:
    """Return the password of a mailbox, read anew from its file each time; one that is not there raises ValueError."""
    found = settings.MAIL_SECRETS.get(mailbox.secret)
    if found is None:
        raise ValueError(_("There is no MAIL_SECRET_%(name)s here.") % {"name": mailbox.secret})
    return found.read_text().strip() if isinstance(found, Path) else found


def tls_context() -> ssl.SSLContext:
    """Return how servers prove who they are: by the system's authorities, or by those of `MAIL_CA_FILE`."""
    context = ssl.create_default_context(cafile=settings.MAIL_CA_FILE or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@transaction.atomic
def save_mailbox(*, actor: User, mailbox: Mailbox) -> Mailbox:
    """Keep a mailbox as it was entered: only servers that the operator allows, only passwords that are there."""
    _check(mailbox)
    name_act("service.mailbox.added" if mailbox.pk is None else "service.mailbox.changed")
    mailbox.address = mailbox.address.lower()
    mailbox.save()
    return mailbox


def _check(mailbox: Mailbox) -> None:
    wrong: dict[str, Any] = {}
    for part in ("imap", "smtp"):
        host, security = getattr(mailbox, f"{part}_host"), getattr(mailbox, f"{part}_security")
        if host and host not in settings.MAIL_HOSTS:
            wrong[f"{part}_host"] = _("The operator allows no mail server of this name: MAIL_HOSTS lists them.")
        elif host and security == Security.NONE and host not in NEAR:
            wrong[f"{part}_security"] = _("Without TLS only a server on this machine is spoken to.")
    if mailbox.secret and mailbox.secret not in settings.MAIL_SECRETS:
        wrong["secret"] = _("There is no MAIL_SECRET_%(name)s here.") % {"name": mailbox.secret}
    if wrong:
        raise ValidationError(wrong)
