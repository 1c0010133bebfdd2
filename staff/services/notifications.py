from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from audit.services import name_act
from staff.models import Notification, User
from staff.rules.links import is_own_path
from staff.tasks.notifications import send_emails_task

SQL = (Path(__file__).parent.parent / "sql" / "notify.sql").read_text()
# A text in every language: a lazy translation, or a function that is called once under each.
Text = str | Promise | Callable[[], str]
MOST_COUNTED = 99


@transaction.atomic
def notify(
    *,
    users: Iterable[User | int] | QuerySet,
    kind: str,
    key: str,
    title: Text,
    body: Text = "",
    url: str = "",
    at: datetime,
) -> int:
    """Tell people something, each once by `key`, in their language and as they wish to hear of `kind`; return how
    many are new.

    `url` is a path on this site. One statement for any number of people. Raises ValueError for a foreign address.
    """
    if url and not is_own_path(url):
        raise ValueError(f"A notification leads to a page of ours, not to {url!r}.")
    people = [user if isinstance(user, int) else user.pk for user in users]
    if not people:
        return 0
    languages = [code for code, _name in settings.LANGUAGES]
    parameters: dict[str, Any] = {
        "people": people,
        "kind": str(kind),
        "key": key,
        "url": url,
        "at": at,
        "languages": languages,
        "titles": [_said(title, language)[:200] for language in languages],
        "bodies": [_said(body, language) for language in languages],
    }
    with connection.cursor() as cursor:
        cursor.execute(SQL, parameters)
        written = cursor.fetchall()
    if any(by_email for (by_email,) in written):
        send_emails_task.delay_on_commit()
    return len(written)


def _said(text: Text, language: str) -> str:
    with translation.override(language):
        return str(text() if callable(text) and not isinstance(text, Promise) else text)


@dataclass(frozen=True)
class Unread:
    """How many notifications wait; counted up to 99."""

    number: int
    more: bool


def unread_of(user: User) -> Unread:
    """Return what the bell shows, by one query over the unread alone."""
    number = Notification.objects.visible_to(user).unread().order_by()[: MOST_COUNTED + 1].count()
    return Unread(min(number, MOST_COUNTED), number > MOST_COUNTED)


@transaction.atomic
def mark_read(*, actor: User, notification_id: int, at: datetime) -> Notification:
    """Mark one of the actor's notifications as read and return it. Reading it again changes nothing."""
    notification = Notification.objects.select_for_update().get(pk=notification_id)
    if notification.user_id != actor.pk:
        raise PermissionDenied(_("This notification is somebody else's."))
    if notification.read_at is None:
        name_act("staff.notification.read")
        notification.read_at = at
        notification.save(update_fields=["read_at"])
    return notification


@transaction.atomic
def mark_all_read(*, actor: User, at: datetime) -> int:
    """Mark every notification of the actor that had come by `at` as read; return how many were not."""
    name_act("staff.notification.all_read")
    waiting: Any = Notification.objects.visible_to(actor).unread().filter(created_at__lte=at)
    return waiting.update(read_at=at)


@transaction.atomic
def mark_seen(*, actor: User, keys: str, at: datetime) -> int:
    """Mark as read what the actor was told under keys that begin with `keys`, for they have before them what it is
    about; return how many were not."""
    waiting: Any = Notification.objects.visible_to(actor).unread().filter(key__startswith=keys)
    if not waiting.exists():
        return 0
    name_act("staff.notification.read")
    return waiting.update(read_at=at)
