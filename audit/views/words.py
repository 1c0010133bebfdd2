"""What an event says, in the reader's words: who, what kind of record, and each field's value as people read it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from audit.columns import TONES
from audit.labels import field_label, is_person, table_label, value_label
from audit.models import Event, Kind
from audit.people import names_of, who
from audit.rules.differences import Difference, Shown, Sight, details, differences

ICONS: dict[str, str] = {
    Kind.INSERT: "plus",
    Kind.UPDATE: "edit",
    Kind.DELETE: "trash",
    Kind.TRUNCATE: "trash",
    Kind.BATCH: "database-import",
    Kind.EXPORT: "file-export",
    Kind.DENIED: "ban",
    Kind.SIGN_IN: "key",
    Kind.SIGN_OUT: "logout",
}
Names = dict[int, str]


def names_in(events: Iterable[Event]) -> Names:
    """Return the names of everyone who acted in `events` or stands in a field of theirs: one query."""
    events = list(events)
    return names_of(events, also={int(text) for event in events for text in _people_in(event)})


def _people_in(event: Event) -> Iterable[str]:
    for change in differences(event.kind, event.body):
        if is_person(event.table_name, change.field):
            yield from (value.text for value in (change.before, change.after) if value and value.text.isdecimal())


def described(event: Event, names: Names) -> dict[str, Any]:
    """Return an event with the words that a page needs around it."""
    table = event.table_name
    return {
        "event": event,
        "who": who(event, names),
        "tone": TONES.get(event.kind, ""),
        "icon": ICONS.get(event.kind, "eye"),
        "table_label": table_label(table) if table else "",
        "differences": [
            (field_label(table, change.field), _worded(table, change, names))
            for change in differences(event.kind, event.body)
        ],
        "details": details(event.kind, event.body),
    }


def _worded(table: str, change: Difference, names: Names) -> Difference:
    before, after = (_value(table, change.field, value, names) for value in (change.before, change.after))
    return replace(change, before=before, after=after)


def _value(table: str, field: str, value: Shown | None, names: Names) -> Shown | None:
    """A choice by its label, a person by their name; what has neither as it stands in the log."""
    if value is None or value.sight != Sight.PLAIN:
        return value
    if is_person(table, field) and value.text.isdecimal():
        return replace(value, text=names.get(int(value.text), value.text))
    return replace(value, text=value_label(table, field, value.text))
