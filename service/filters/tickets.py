from __future__ import annotations

from datetime import timedelta

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.filterbar import Choices
from products.models import LineCode
from service.models import Channel, Priority, Queue, Ticket, TicketKind, TicketStatus
from service.registries import FILTERS
from staff.models import User

SOON = timedelta(hours=4)  # what is due within half a working day is breaching soon
ME, NOBODY = "me", "none"


class TicketFilter(django_filters.FilterSet):
    """One for the list, the export and the API."""

    q = django_filters.CharFilter(
        method="search", label=_("Ticket no., customer no. or words of the subject"), max_length=200
    )
    state = django_filters.ChoiceFilter(
        method="in_state", label=_("State"), choices=[("open", _("Not resolved")), ("ended", _("Resolved or closed"))]
    )
    status = Choices(choices=TicketStatus, label=_("Status"))
    kind = Choices(choices=TicketKind, label=_("Kind"))
    channel = Choices(choices=Channel, label=_("Channel"))
    priority = Choices(choices=Priority, label=_("Priority"))
    due = django_filters.ChoiceFilter(
        method="falling_due", label=_("Due"), choices=[("breached", _("Breached")), ("soon", _("Breaching soon"))]
    )
    queue = Choices(choices=[], method="in_queues", label=_("Queue"))
    assignee = Choices(choices=[], method="of_agents", label=_("Agent"))
    line = Choices(choices=LineCode.choices, label=_("Line"))
    tag = django_filters.CharFilter(method="bearing", label=_("Tag"), max_length=40)
    opened = django_filters.DateFromToRangeFilter(field_name="opened_at", label=_("Opened"))

    class Meta:
        model = Ticket
        fields = [
            "q",
            "state",
            "status",
            "kind",
            "channel",
            "priority",
            "due",
            "queue",
            "assignee",
            "line",
            "tag",
            "opened",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        queues = Queue.objects.filter(is_active=True).values_list("code", "name")
        self.filters["queue"].extra["choices"] = [(NOBODY, _("No queue")), *queues]
        agents = User.objects.filter(agent__isnull=False, is_active=True).order_by("full_name")
        named = [(str(pk), name) for pk, name in agents.values_list("pk", "full_name")]
        self.filters["assignee"].extra["choices"] = [(ME, _("Me")), (NOBODY, _("Nobody")), *named]
        for entry in FILTERS:
            self.filters[entry.key] = made = entry.make()
            made.parent, made.model = self, self._meta.model
            made.field_name = made.field_name or entry.key

    def search(self, queryset, name, value):
        return queryset.matching(value)

    def in_state(self, queryset, name, value):
        return (
            queryset.open()
            if value == "open"
            else queryset.filter(status__in=[TicketStatus.RESOLVED, TicketStatus.CLOSED])
        )

    def falling_due(self, queryset, name, value):
        now = timezone.now()
        return queryset.overdue(now) if value == "breached" else queryset.due_between(now, now + SOON)

    def in_queues(self, queryset, name, value):
        return _one_or_none(queryset, "queue", "queue__code__in", value)

    def of_agents(self, queryset, name, value):
        user = self.request.user
        return _one_or_none(queryset, "assignee", "assignee__in", [user.pk if one == ME else one for one in value])

    def bearing(self, queryset, name, value):
        return queryset.filter(tags__contains=[value.strip().lower()])


def _one_or_none(queryset, field, lookup, values):
    """Rows whose `field` is one of the values, or empty where `none` is among them."""
    if not values:
        return queryset
    named = [value for value in values if value != NOBODY]
    if NOBODY not in values:
        return queryset.filter(**{lookup: named})
    nobody = queryset.filter(**{f"{field}__isnull": True})
    return (nobody | queryset.filter(**{lookup: named})) if named else nobody
