"""Who is behind an actor's number. The log knows nobody: names are asked of the project's user model, a page at a
time."""

from collections.abc import Collection, Iterable

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.models import Event

MOST = 100


def names_of(events: Iterable[Event], also: Collection[int] = ()) -> dict[int, str]:
    """Return `{id: name}` of everyone who acted in `events` and of `also`, with one query."""
    ids = {event.actor_id for event in events if event.actor_id} | set(also)
    found = get_user_model()._default_manager.in_bulk(ids) if ids else {}
    return {pk: str(person) for pk, person in found.items()}


def who(event: Event, names: dict[int, str]) -> str:
    """Return the words for who acted: a name, what acted for them, or that nobody is known."""
    person = names.get(event.actor_id) or _("person %(id)s") % {"id": event.actor_id} if event.actor_id else ""
    label = _("not signed in") if event.actor_label == "anonymous" else event.actor_label
    if person and label:
        return f"{person} · {label}"
    return person or label or _("unknown")


def ids_like(text: str) -> list[int]:
    """Return the ids of people whose e-mail or name holds `text`, at most 100; a number is an id itself."""
    if text.isdecimal():
        return [int(text)] if int(text) < 2**63 else []
    users = get_user_model()
    names = {field.name for field in users._meta.get_fields()} & {users.get_email_field_name(), "full_name"}
    condition = Q(pk__in=[])
    for name in names:
        condition |= Q(**{f"{name}__icontains": text})
    return list(users._default_manager.filter(condition).values_list("pk", flat=True)[:MOST])
