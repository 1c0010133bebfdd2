"""Events are written by the database alone, so a factory makes one by doing something."""

from django.contrib.auth.models import Group

from audit.context import acting
from audit.models import Event
from audit.services import emit


def last_event() -> Event:
    return Event.objects.order_by("-id")[0]


def event(kind: str = "read", *, by: int | None = None, label: str = "", **said) -> Event:
    """Return an event of `audit.services.emit`, by person `by` or under `label`, by nobody if neither is given."""
    if by is None and not label:
        pk = emit(kind, **said)
    else:
        with acting(actor_id=by, label=label):
            pk = emit(kind, **said)
    return Event.objects.get(pk=pk)


def change(name: str = "before", to: str = "after", *, by: int | None = None) -> Event:
    """Return the event of a group renamed from `name` to `to`."""
    with acting(actor_id=by, label="" if by else "task:test"):
        group = Group.objects.create(name=name)
        Group.objects.filter(pk=group.pk).update(name=to)
    return last_event()
