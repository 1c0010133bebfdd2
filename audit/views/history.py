from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.labels import table_label
from audit.models import Event, Kind
from audit.records import keys_of_history, names_of_records
from audit.views.words import described, names_in
from pages.actions import Action
from pages.keyset import Page, keyset_page

NEWEST_FIRST = ["-at", "-id"]
HISTORY_SIZE = 20


@require_safe
@login_required
@permission_required("audit.view_event", raise_exception=True)
def record_history(request, table, pk):
    """Everything that happened to one record; record pages load it into their History section."""
    page, problem = _page_of(
        request, Event.objects.visible_to(request.user).of_records(table, keys_of_history(table, pk))
    )
    names, name = names_in(page.rows), names_of_records([(table, pk)]).get((table, pk), (pk, ""))
    template = "audit/record_history.html#history" if request.htmx else "audit/record_history.html"
    return render(
        request,
        template,
        {
            "history": [described(event, names) for event in page.rows],
            "page": page,
            "problem": problem,
            "table_label": table_label(table),
            "record": name[0],
            "crumbs": [(_("Log"), reverse("audit:event_list")), (f"{table_label(table)} {name[0]}", "")],
            "actions": _actions(table, pk, "" if request.htmx else name[1]),
        },
    )


def _page_of(request, events) -> tuple[Page, str]:
    try:
        return keyset_page(events, order=NEWEST_FIRST, cursor=request.GET.get("cursor"), size=HISTORY_SIZE), ""
    except ValidationError as error:
        return keyset_page(events, order=NEWEST_FIRST, size=HISTORY_SIZE), " ".join(error.messages)


def _actions(table: str, pk: str, page: str) -> list[Action]:
    """Return the ways from a history: to the record, to its events under filters, to those who looked at it."""
    explorer, record = reverse("audit:event_list"), {"table": table, "record": pk}
    ways = [
        Action(_("Who looked"), f"{explorer}?{urlencode({**record, 'kind': Kind.READ})}", "eye"),
        Action(_("Open in the log"), f"{explorer}?{urlencode(record)}", "filter"),
    ]
    return [Action(_("Open the record"), page, "external-link"), *ways] if page else ways
