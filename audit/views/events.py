from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.columns import RecordsNamed, approval_link, event_columns
from audit.filters import EventFilter
from audit.models import Event
from audit.people import who
from audit.records import names_of_records
from audit.sealing_banner import banner
from audit.views.words import described, names_in
from pages.actions import Action
from pages.keyset import Count, Page
from pages.lists import ListPage, render_list

NEWEST_FIRST = ["-at", "-id"]


@dataclass
class EventPage(ListPage):
    """A list of the log. It says how many there are only as far as they stand on the page: counting a log is reading
    it."""

    def _count(self, page: Page) -> Count:
        return Count(len(page.rows), more=bool(page.next or page.previous))


@require_safe
@login_required
@permission_required("audit.view_event", raise_exception=True)
def event_list(request):
    """The log explorer: newest first, filters in the address."""
    events = EventFilter(request.GET, queryset=Event.objects.visible_to(request.user).for_list(), request=request)
    names: dict[int, str] = {}
    records: RecordsNamed = {}
    listing = EventPage(
        request,
        filterset=events,
        columns=event_columns(names, records),
        order=NEWEST_FIRST,
        row_url=lambda event: reverse("audit:event_detail", args=[event.pk]),
        search_field="who",
        export_url="",  # the log is taken out as a bundle that can be proved
        label=_("Events"),
        empty=_("Nothing has happened yet. Every change of any record appears here as it is made."),
    )
    names.update(names_in(listing.page.rows))
    records.update(names_of_records((event.table_name, event.pk_text) for event in listing.page.rows))
    return render_list(request, "audit/event_list.html", listing, actions=questions(), sealing=banner())


def questions() -> list[Action]:
    """Return the questions that the log is asked most, as filters."""
    explorer = reverse("audit:event_list")
    asked = [
        (_("Who looked at a customer"), "eye", {"table": "customers_customer", "kind": "read"}),
        (_("What left the house"), "file-export", {"kind": "export"}),
        (_("Who was refused"), "ban", {"kind": "denied"}),
    ]
    return [Action(label, f"{explorer}?{urlencode(filters)}", icon) for label, icon, filters in asked]


@require_safe
@login_required
@permission_required("audit.view_event", raise_exception=True)
def event_detail(request, pk):
    event = get_object_or_404(Event.objects.visible_to(request.user), pk=pk)
    is_preview = bool(request.htmx) and request.htmx.target == "preview-body"
    page = "audit/event_detail.html#event" if is_preview else "audit/event_detail.html"
    names = names_in([event])
    context = {**described(event, names), "actions": neighbours(event), "facts": facts(event, names)}
    crumbs = [(_("Log"), reverse("audit:event_list"))]
    return render(request, page, {**context, "crumbs": crumbs, "is_preview": is_preview})


def neighbours(event: Event) -> list[Action]:
    """Return the ways from an event to the others of its record, its person and its request."""
    explorer = reverse("audit:event_list")
    _name, page = names_of_records([(event.table_name, event.pk_text)]).get((event.table_name, event.pk_text), ("", ""))
    ways: list[tuple[str, dict[str, Any], Any]] = [
        (_("All of this record"), {"table": event.table_name, "record": event.pk_text}, event.pk_text),
        (_("All by this person"), {"who": event.actor_id}, event.actor_id),
        (_("All of this request"), {"request": event.request}, event.request),
    ]
    there = [Action(_("Open the record"), page, "external-link")] if page else []
    return there + [Action(label, f"{explorer}?{urlencode(filters)}") for label, filters, known in ways if known]


def facts(event: Event, names: dict[int, str]) -> list[tuple[str, Any]]:
    """Return the context of an event, by name."""
    return [
        (_("Event"), mono(event.id)),
        (_("Time"), mono(timezone.localtime(event.at).isoformat(sep=" "))),
        (_("Who"), who(event, names)),
        (_("Action"), mono(event.action)),
        (_("Reason"), event.reason),
        (_("Approval"), mono(approval_link(event))),
        (_("Address"), mono(event.address)),
        (_("Session"), mono(event.session)),
        (_("Request"), mono(event.request)),
        (_("Table"), mono(event.table_name)),
        (_("Transaction"), mono(event.xid)),
        (_("Database user"), mono(event.db_user)),
    ]


def mono(value: Any) -> str:
    return format_html('<span class="mono">{}</span>', value) if value else ""
