from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.addresses import address_if_any
from audit.explanations import EXPLAINERS, Explanation
from audit.models import Event
from audit.views.words import described, names_in

EVENTS_SHOWN = 8


@require_safe
@login_required
def explain(request, subject, record, figure):
    """How one number came about. Who may read the number may read this; events are for those who read the log."""
    explainer = EXPLAINERS.get(subject)
    if explainer is None or figure not in explainer.figures:
        raise Http404
    if not request.user.has_perm(explainer.permission):
        raise PermissionDenied
    explanation = explainer.explain(request.user, record, figure)
    if explanation is None:
        raise Http404
    is_preview = bool(request.htmx) and request.htmx.target == "preview-body"
    page = "audit/explain.html#explanation" if is_preview else "audit/explain.html"
    return render(request, page, {**_context(request.user, explanation), "is_preview": is_preview})


def _context(reader, explanation: Explanation) -> dict:
    events = last_events(reader, explanation)
    names = names_in(events)
    run_url = address_if_any("operations:nightly_detail", explanation.run) if explanation.run else ""
    return {
        "explanation": explanation,
        "facts": [(name, value) for name, value in explanation.facts if value not in (None, "")],
        "crumbs": [*explanation.crumbs, (_("Explained"), "")],
        "run_url": run_url if reader.has_perm("operations.view_nightlyrun") else "",
        "history": [described(event, names) for event in events],
    }


def last_events(reader, explanation: Explanation) -> list[Event]:
    """Return the newest changes of what a number was made of: one query a table."""
    keys: dict[str, list[str]] = {}
    for table, key in explanation.records:
        keys.setdefault(table, []).append(str(key))
    seen = Event.objects.visible_to(reader).changes()
    found = [
        event
        for table, of_table in keys.items()
        for event in seen.of_records(table, of_table, explanation.fields).for_list()[:EVENTS_SHOWN]
    ]
    return sorted(found, key=lambda event: (event.at, event.id), reverse=True)[:EVENTS_SHOWN]
