"""Fetching mail by IMAP: each once, in order, by one poller at a time.

The cursor (UIDVALIDITY, UID) moves in the transaction that takes the mail; only then is the mail marked or moved on the
server. Whoever dies in between leaves a mail that is taken and not marked: the next round marks it and takes it no more."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from audit.services import name_act
from service.models import Mailbox, Security
from service.rules.charsets import on_one_line
from service.services.mail_taking import take_or_keep
from service.services.mailboxes import secret_of, tls_context

LOCK = 7_270_146
SECONDS = 30
MOST_AT_ONCE = 200
HEAD_BYTES = 200_000
UID = re.compile(rb"\bUID (\d+)")
SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
OLDEST = timedelta(days=30)  # an arrival further back is a server's error or a mailbox that was imported


def poll_mailboxes(*, at: datetime) -> int:
    """Fetch the new mail of every mailbox in use; return how many mails were looked at. One that fails says so and keeps
    no other from being read."""
    return sum(poll_mailbox(mailbox=mailbox, at=at) for mailbox in Mailbox.objects.active().exclude(imap_host=""))


def poll_mailbox(*, mailbox: Mailbox, at: datetime) -> int:
    """Fetch the new mail of one mailbox; another poller of it that runs meanwhile is left alone."""
    with _alone(mailbox.pk) as is_mine:
        if not is_mine:
            return 0
        mailbox = Mailbox.objects.select_related("queue").get(pk=mailbox.pk)  # where another poller has left it
        try:
            with signed_in(mailbox) as server:
                looked_at = _read(server, mailbox)
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            _note(mailbox, at, on_one_line(str(error) or type(error).__name__, 400))
            return 0
        _note(mailbox, at, "")
        return looked_at


@contextmanager
def _alone(pk: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, pk])
        is_mine = cursor.fetchone()[0]
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, pk])


@contextmanager
def signed_in(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    """Sign in to a mailbox's IMAP server, under TLS unless it is on this machine, and open its folder."""
    host, port = mailbox.imap_host, mailbox.imap_port
    if mailbox.imap_security == Security.TLS:
        server: imaplib.IMAP4 = imaplib.IMAP4_SSL(host, port, ssl_context=tls_context(), timeout=SECONDS)
    else:
        server = imaplib.IMAP4(host, port, timeout=SECONDS)
    try:
        if mailbox.imap_security == Security.STARTTLS:
            server.starttls(tls_context())
        server.login(mailbox.user, secret_of(mailbox))
        _asked(server.select(_quoted(mailbox.imap_folder)))
        yield server
    finally:
        try:
            server.logout()
        except (imaplib.IMAP4.error, OSError):
            server.shutdown()


def _asked(answer: tuple[str, list]) -> list:
    """Return what a server answered; a no raises."""
    kind, found = answer
    if kind != "OK":
        said = found[0] if found else b""
        raise imaplib.IMAP4.error(said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said))
    return found


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _read(server: imaplib.IMAP4, mailbox: Mailbox) -> int:
    _same_life(server, mailbox)
    _finish_taken(server, mailbox)
    found = _uids(server, f"{mailbox.last_uid + 1}:*")
    new = [uid for uid in found if uid > mailbox.last_uid][:MOST_AT_ONCE]
    for uid in new:
        _take(server, mailbox, uid)
    return len(new)


def _same_life(server: imaplib.IMAP4, mailbox: Mailbox) -> None:
    """Numbers hold within one UIDVALIDITY (RFC 9051, 2.3.1.1): where it changed, all is read again, and known mails are known."""
    said = server.response("UIDVALIDITY")[1]
    validity = int(said[0]) if said and said[0] else 0
    if mailbox.uid_validity != validity:
        with transaction.atomic():
            name_act("service.mailbox.renumbered")
            mailbox.uid_validity, mailbox.last_uid = validity, 0
            mailbox.save(update_fields=["uid_validity", "last_uid"])


def _finish_taken(server: imaplib.IMAP4, mailbox: Mailbox) -> None:
    """Mark or move what an earlier round took and did not get to mark."""
    if mailbox.last_uid:
        criteria = f"1:{mailbox.last_uid}"
        left = _uids(server, criteria, *(() if mailbox.done_folder else ("UNSEEN",)))
        for uid in left:
            if uid <= mailbox.last_uid:
                _mark(server, mailbox, uid)


def _uids(server: imaplib.IMAP4, span: str, *criteria: str) -> list[int]:
    found = _asked(server.uid("SEARCH", "UID", span, *criteria))
    return sorted(int(one) for one in (found[0] or b"").split())


def _take(server: imaplib.IMAP4, mailbox: Mailbox, uid: int) -> None:
    size, came_at = _size_and_time(server, uid)
    is_large = size > settings.MAIL_MAX_BYTES
    raw = _fetch(server, uid, f"BODY.PEEK[HEADER]<0.{HEAD_BYTES}>" if is_large else "BODY.PEEK[]")
    if raw:
        take_or_keep(
            mailbox=mailbox,
            raw=raw,
            at=came_at,
            size=size if is_large else 0,
            then=partial(_move_cursor, mailbox, uid),
        )
    _mark(server, mailbox, uid)


def _move_cursor(mailbox: Mailbox, uid: int) -> None:
    mailbox.last_uid = max(mailbox.last_uid, uid)
    mailbox.save(update_fields=["last_uid"])


def _size_and_time(server: imaplib.IMAP4, uid: int) -> tuple[int, datetime]:
    """Return the size of a mail and when it came to its server: waiting there counts as waiting for an answer."""
    found = _asked(server.uid("FETCH", str(uid), "(RFC822.SIZE INTERNALDATE)"))
    line = next((one if isinstance(one, bytes) else one[0] for one in found if one), b"")
    size = SIZE.search(line)
    came = imaplib.Internaldate2tuple(line)
    now = timezone.now()
    came_at = datetime(*came[:6]).astimezone(UTC) if came else now
    return int(size.group(1)) if size else 0, came_at if now - OLDEST < came_at <= now else now


def _fetch(server: imaplib.IMAP4, uid: int, part: str) -> bytes:
    found = _asked(server.uid("FETCH", str(uid), f"(UID {part})"))
    return next((one[1] for one in found if isinstance(one, tuple)), b"")


def _mark(server: imaplib.IMAP4, mailbox: Mailbox, uid: int) -> None:
    _asked(server.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Seen)"))
    if not mailbox.done_folder:
        return
    if "MOVE" in server.capabilities:
        _asked(server.uid("MOVE", str(uid), _quoted(mailbox.done_folder)))
    else:
        _asked(server.uid("COPY", str(uid), _quoted(mailbox.done_folder)))
        _asked(server.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Deleted)"))
        server.expunge()


@transaction.atomic
def _note(mailbox: Mailbox, at: datetime, error: str) -> None:
    """Keep when a mailbox was last read and what keeps it from being read, for the list and the alarm."""
    name_act("service.mailbox.read" if not error else "service.mailbox.failed")
    failing = (mailbox.failing_since or at) if error else None
    Mailbox.objects.filter(pk=mailbox.pk).update(
        error=error, failing_since=failing, **({} if error else {"polled_at": at})
    )
