from uuid import UUID

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import DateRangeWidget

from audit.labels import columns_called, table_choices
from audit.models import Event, Kind
from audit.people import ids_like
from audit.querysets.events import EventQuerySet
from audit.records import record_called

NARROW, WIDE = forms.TextInput({"size": 6}), forms.TextInput({"size": 12})


class EventFilterForm(forms.Form):
    def clean(self):
        """A record is named as people name it (`C-100007`), or by its key with the kind of record beside it."""
        cleaned = super().clean()
        text, tables = cleaned.get("record"), cleaned.get("table")
        if not text or "table" in self.errors:
            return cleaned
        called = record_called(text, tables or ())
        if called:
            cleaned["record"] = called
        elif not tables:
            self.add_error(
                "record",
                _(
                    "No record is called so. Write a number such as C-100007, a code or an e-mail, or choose the kind of"
                    " record too."
                ),
            )
        return cleaned


class EventFilter(django_filters.FilterSet):
    """Who did what, when, to which record. Every condition is one that an index or a narrow range of time serves."""

    who = django_filters.CharFilter(method="by_whom", label=_("Person, e-mail or task"))
    when = django_filters.DateFromToRangeFilter(
        field_name="at", label=_("When"), widget=DateRangeWidget(attrs={"type": "date"})
    )
    kind = django_filters.MultipleChoiceFilter(choices=Kind.choices, label=_("What happened"))
    table = django_filters.MultipleChoiceFilter(
        field_name="table_name", choices=table_choices(), label=_("Kind of record")
    )
    record = django_filters.CharFilter(method="of_record", label=_("Record"), widget=NARROW, max_length=80)
    field = django_filters.CharFilter(method="of_field", label=_("Changed field"), widget=WIDE)
    action = django_filters.CharFilter(method="of_action", label=_("Action"), widget=WIDE)
    request = django_filters.UUIDFilter(method="of_request", label=_("Request"), widget=NARROW)
    unattributed = django_filters.MultipleChoiceFilter(
        method="by_nobody", choices=[("true", _("Unattributed only"))], label=_("Attribution")
    )

    class Meta:
        model = Event
        form = EventFilterForm
        fields: list[str] = []

    def by_whom(self, events: EventQuerySet, name: str, value: str) -> EventQuerySet:
        """People by part of their name or e-mail; else a label by its beginning (`task:`, `command:import_data`).

        One or the other, because no index serves both at once.
        """
        people = [] if ":" in value else ids_like(value)
        return events.by_actors(people) if people else events.labelled(value)

    def of_record(self, events: EventQuerySet, name: str, value: str | tuple[str, str]) -> EventQuerySet:
        """A record that was found by name, or this key among the kinds of record that are chosen beside it."""
        return events.filter(pk_text=value) if isinstance(value, str) else events.of_record(*value)

    def of_request(self, events: EventQuerySet, name: str, value: UUID) -> EventQuerySet:
        return events.of_request(value)

    def of_action(self, events: EventQuerySet, name: str, value: str) -> EventQuerySet:
        return events.named(value)

    def of_field(self, events: EventQuerySet, name: str, value: str) -> EventQuerySet:
        return events.touching(columns_called(value))

    def by_nobody(self, events: EventQuerySet, name: str, value: list[str]) -> EventQuerySet:
        return events.unattributed() if value else events
