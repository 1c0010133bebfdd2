from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.columns import TONES, event_columns
from audit.filters import EventFilter
from audit.labels import field_label, table_label
from audit.models import Event, Kind
from audit.people import names_of, who
from audit.rules.differences import details, differences
from pages.actions import Action
from pages.keyset import Count, Page, keyset_page
from pages.lists import ListPage, render_list

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
NEWEST_FIRST = ["-at", "-id"]
HISTORY_SIZE = 20


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
    listing = EventPage(
        request,
        filterset=events,
        columns=event_columns(names),
        order=NEWEST_FIRST,
        row_url=lambda event: reverse("audit:event_detail", args=[event.pk]),
        search_field="who",
        label=_("Events"),
        empty=_("Nothing has happened yet. Every change of any record appears here as it is made."),
    )
    names.update(names_of(listing.page.rows))
    return render_list(request, "audit/event_list.html", listing)


@require_safe
@login_required
@permission_required("audit.view_event", raise_exception=True)
def event_detail(request, pk):
    event = get_object_or_404(Event.objects.visible_to(request.user), pk=pk)
    is_preview = bool(request.htmx) and request.htmx.target == "preview-body"
    page = "audit/event_detail.html#event" if is_preview else "audit/event_detail.html"
    names = names_of([event])
    context = {**described(event, names), "actions": neighbours(event), "facts": facts(event, names)}
    crumbs = [(_("Log"), reverse("audit:event_list"))]
    return render(request, page, {**context, "crumbs": crumbs, "is_preview": is_preview})


@require_safe
@login_required
@permission_required("audit.view_event", raise_exception=True)
def record_history(request, table, pk):
    """Everything that happened to one record; record pages load it into their History tab."""
    events = Event.objects.visible_to(request.user).of_record(table, pk)
    problem = ""
    try:
        page = keyset_page(events, order=NEWEST_FIRST, cursor=request.GET.get("cursor"), size=HISTORY_SIZE)
    except ValidationError as error:
        problem = " ".join(error.messages)
        page = keyset_page(events, order=NEWEST_FIRST, size=HISTORY_SIZE)
    names = names_of(page.rows)
    template = "audit/record_history.html#history" if request.htmx else "audit/record_history.html"
    return render(
        request,
        template,
        {
            "history": [described(event, names) for event in page.rows],
            "page": page,
            "problem": problem,
            "table": table,
            "table_label": table_label(table),
            "record": pk,
        },
    )


def described(event: Event, names: dict[int, str]) -> dict[str, Any]:
    """Return an event with the words that a page needs around it."""
    return {
        "event": event,
        "who": who(event, names),
        "tone": TONES.get(event.kind, ""),
        "icon": ICONS.get(event.kind, "eye"),
        "table_label": table_label(event.table_name) if event.table_name else "",
        "differences": [
            (field_label(event.table_name, change.field), change) for change in differences(event.kind, event.body)
        ],
        "details": details(event.kind, event.body),
    }


def neighbours(event: Event) -> list[Action]:
    """Return the ways from an event to the others of its record, its person and its request."""
    explorer = reverse("audit:event_list")
    ways: list[tuple[str, dict[str, Any], Any]] = [
        (_("All of this record"), {"table": event.table_name, "record": event.pk_text}, event.pk_text),
        (_("All by this person"), {"who": event.actor_id}, event.actor_id),
        (_("All of this request"), {"request": event.request}, event.request),
    ]
    return [Action(label, f"{explorer}?{urlencode(filters)}") for label, filters, known in ways if known]


def facts(event: Event, names: dict[int, str]) -> list[tuple[str, Any]]:
    """Return the context of an event, by name."""
    return [
        (_("Event"), mono(event.id)),
        (_("Time"), mono(timezone.localtime(event.at).isoformat(sep=" "))),
        (_("Who"), who(event, names)),
        (_("Action"), mono(event.action)),
        (_("Reason"), event.reason),
        (_("Approval"), mono(event.approval_id)),
        (_("Address"), mono(event.address)),
        (_("Session"), mono(event.session)),
        (_("Request"), mono(event.request)),
        (_("Table"), mono(event.table_name)),
        (_("Transaction"), mono(event.xid)),
        (_("Database user"), mono(event.db_user)),
    ]


def mono(value: Any) -> str:
    return format_html('<span class="mono">{}</span>', value) if value else ""
