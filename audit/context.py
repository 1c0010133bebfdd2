"""Who acts, from where: kept in a context variable, mirrored to the database connection for the triggers to read.

The mirror is a setting of the session (`audit.ctx`), so it holds for every transaction until it is set again. It
costs one round trip when an act begins and one when it ends, whatever happens between. It needs a connection that
stays with its client: session pooling, not transaction pooling.
"""

import getpass
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import TransactionStatus

from audit.rules.request_ids import request_id

SETTING = "SELECT set_config('audit.ctx', %s, false)"


@dataclass(frozen=True)
class Context:
    """Who and where. Either `actor_id` (a person) or `label` (`task:nightly`, `command:demo`, `anonymous`) is given,
    often both.

    `session` is a digest, never the key itself; `request` is a UUID; `address` is the client's.
    """

    actor_id: int | None = None
    label: str = ""
    session: str = ""
    request: str = ""
    address: str = ""

    def as_json(self) -> str:
        """Return what the triggers read: short, without what is empty."""
        fields = asdict(self)
        fields["actor"] = fields.pop("actor_id")
        return json.dumps({name: value for name, value in fields.items() if value}, separators=(",", ":"))


_current: ContextVar[Context | None] = ContextVar("audit_context", default=None)


def current() -> Context | None:
    """Return who acts now, or None outside any act."""
    return _current.get()


@contextmanager
def acting(
    *, actor_id: int | None = None, label: str = "", session: str = "", request: str = "", address: str = ""
) -> Iterator[Context]:
    """Attribute every change inside to this context, and to the one before again afterwards. Nests.

    What is not given is taken from the context outside, so a task run inside a request keeps its person and address.
    """
    outer = _current.get()
    around = outer or Context()
    inner = Context(
        actor_id=actor_id or around.actor_id,
        label=label or around.label,
        session=session or around.session,
        request=request or around.request,
        address=address or around.address,
    )
    token = _current.set(inner)
    mirror(inner)
    try:
        yield inner
    finally:
        # What a view or task rebound with `become` ends here too.
        _current.reset(token)
        mirror(outer)


def new_request_id() -> UUID:
    """Return an id for a request or a task that begins now."""
    return request_id(time.time_ns() // 1_000_000, os.urandom(10))


def become(user: Any) -> None:
    """Attribute the rest of the running act to `user`: they have just signed in, or their token was just checked."""
    outer = _current.get()
    if outer is None or not getattr(user, "is_authenticated", False):
        return
    known = replace(outer, actor_id=user.pk, label="" if outer.label == "anonymous" else outer.label)
    _current.set(known)
    mirror(known)


def command_context(name: str) -> Any:
    """Return the context of a management command: its name, and the operating-system user who ran it.

    Opens no connection: a command that needs no database must not fail for want of one.
    """
    try:
        who = getpass.getuser()
    except (OSError, KeyError):  # a container's numeric user has no name
        who = "unknown"
    return acting(label=f"command:{name}", session=f"os:{who}")


def mirror(context: Context | None) -> None:
    """Tell the open connection who acts. A closed one hears it from `mirror_on_connect` when it opens.

    Goes below Django's cursor, so that query counts and query logs speak of the page and not of this.
    """
    if not settings.configured or connection.connection is None:
        return
    if not connection.in_atomic_block:
        connection.close_if_health_check_failed()
        if connection.connection is None:
            return
    # In a failed transaction nothing can be set, and nothing needs to be: its rollback restores what was before it.
    if connection.connection.info.transaction_status == TransactionStatus.INERROR:
        return
    try:
        connection.connection.execute(SETTING, [context.as_json() if context else ""])
    except psycopg.Error as error:
        # Better no connection than one that speaks in somebody else's name.
        connection.close()
        if connection.in_atomic_block:
            raise OperationalError(str(error)) from error


def mirror_on_connect(sender: type, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receiver of `connection_created`: first connection of a command, or a new one after the old was lost."""
    context = _current.get()
    if context is not None and connection.vendor == "postgresql":
        connection.connection.execute(SETTING, [context.as_json()])
