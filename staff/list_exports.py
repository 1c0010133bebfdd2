"""Taking out what a list shows, for every list: the page itself is asked again, as its reader, and its rows are written.

So an export holds what the page would show and nothing else: the same permission, scope, filters, order and masks. A list
needs nothing for it; one that has a way of its own says `export_url`, one that must not be taken out `export_url=""`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from html import unescape
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, QueryDict
from django.test import RequestFactory
from django.urls import Resolver404, resolve, reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.middleware import HtmxDetails

from pages.formats import number
from pages.lists import Column, ListPage, take_out
from staff.changes import Arguments, Command, Differences, register_command
from staff.exports import FORMATS, Export, register_export, start_export
from staff.jobs import JobFailed
from staff.models import ChangeRequest, ChangeState, Job, User

KIND, PERMISSION = "staff.list_export", "staff.export_list"
BATCH = 2_000
MOMENT = re.compile(r'<time[^>]*\bdatetime="([^"]+)"')


def register() -> None:
    register_export(KIND, rows_of_list, permission=PERMISSION)
    register_command(LARGE)


def export_url_for(user: Any) -> str:
    """Where the button of a list leads that has no export of its own."""
    return reverse("staff:list_export") if user.has_perm(PERMISSION) else ""


def list_at(user: User, path: str, query: str) -> ListPage:
    """Return the list at an address as `user` sees it; ValidationError where there is none to take out."""
    refused = ValidationError(_("There is no list to export at this address: go back to the list and export again."))
    try:
        match = resolve(path)
        request: Any = RequestFactory().get(path, QueryDict(query))
        request.user, request.resolver_match, request.META["QUERY_STRING"] = user, match, query
        request.GET, request.htmx = QueryDict(query), HtmxDetails(request)
        listing = take_out(request, lambda: match.func(request, *match.args, **match.kwargs))
    except (Resolver404, Http404, PermissionDenied) as error:
        raise refused from error
    if listing is None or listing.export_url != export_url_for(user):
        raise refused
    if listing.errors:
        raise ValidationError(_("The filters of this export cannot be read: go back to the list and export again."))
    return listing


def is_large(listing: ListPage) -> bool:
    alone = settings.EXPORT_ROWS_ALONE
    return listing.filterset.qs.order_by()[: alone + 1].count() > alone


@transaction.atomic
def export_list(
    *, actor: User, path: str, query: str, format: str, reason: str = "", at: datetime
) -> Job | ChangeRequest | None:
    """Start an export, or ask for it where it is large; None where it is large and says no reason yet."""
    listing = list_at(actor, path, query)
    if not is_large(listing):
        parameters = {"path": path, "query": query, "format": format}
        return start_export(actor=actor, kind=KIND, title=_title(listing), parameters=parameters, at=at)
    if not reason.strip():
        return None
    from staff.services.changes import propose

    arguments = {
        "user_id": actor.pk, "path": path, "query": query, "format": format, "list": str(listing.label or path),
        "rows": listing.filterset.qs.order_by().count(),
    }  # fmt: skip
    return propose(actor=actor, command=KIND, arguments=arguments, reason=reason, at=at)


def _title(listing: ListPage) -> str:
    return _("Export: %(list)s") % {"list": listing.label or listing.path}


def rows_of_list(user: User, parameters: dict[str, Any]) -> Export:
    """What the list shows to `user` now; a large one only with an approval for exactly this."""
    listing = list_at(user, parameters["path"], parameters["query"])
    if is_large(listing) and not _is_approved(user, parameters):
        raise JobFailed(_("So many rows are exported only with an approval: ask for it from the list."))
    rows, columns = listing.filterset.qs, list(listing.columns)
    name = re.sub(r"[^a-z0-9]+", "-", listing.name.split(":")[-1]) or "list"
    return Export(name, [column.label for column in columns], _values(listing, columns), rows.order_by().count())


def _values(listing: ListPage, columns: list[Column]) -> Iterator[list[Any]]:
    """A server-side cursor: memory stays flat however many rows there are."""
    rows = listing.filterset.qs.order_by(*listing.keys, "pk")
    for row in rows.iterator(BATCH):
        yield [cell_of(column, column.text(row)) for column in columns]


def cell_of(column: Column, shown: Any) -> Any:
    """What a cell of the page says, as a file keeps it: times as times, figures as figures, words without their marks."""
    text = str(shown)
    if found := MOMENT.search(text):
        return datetime.fromisoformat(found.group(1)) if "T" in found.group(1) else found.group(1)
    words = " ".join(unescape(strip_tags(text)).split())
    if column.numeric:
        try:
            return Decimal(words.replace(",", ""))
        except InvalidOperation:
            return words
    return words


def _is_approved(user: User, parameters: dict[str, Any]) -> bool:
    request = ChangeRequest.objects.filter(
        pk=parameters.get("change_request") or 0, command=KIND, maker=user, state=ChangeState.EXECUTED
    ).first()
    return request is not None and all(
        request.said[name] == parameters.get(name) for name in ("path", "query", "format")
    )


def _check(*, actor: User, arguments: Arguments) -> None:
    if arguments["user_id"] != actor.pk or arguments["format"] not in FORMATS:
        raise ValidationError(_("An export is asked for in one's own name, as csv or xlsx."))
    if any(
        value.strip()
        for name, values in QueryDict(arguments["query"]).lists()
        if name in ("q", "who")
        for value in values
    ):
        raise ValidationError(
            _("So large an export is chosen by filters, not by a search text: clear the search first.")
        )
    list_at(actor, arguments["path"], arguments["query"])


def _execute(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    assert request.executed_at is not None
    parameters = {name: arguments[name] for name in ("path", "query", "format")} | {"change_request": request.pk}
    title = _("Export: %(list)s") % {"list": arguments["list"]}
    job = start_export(actor=actor, kind=KIND, title=title, parameters=parameters, at=request.executed_at)
    return _("Job %(number)d makes the file; it waits for whoever asked for it.") % {"number": job.pk}


def _describe(arguments: Arguments) -> Differences:
    filters = [(name, "", ", ".join(values)) for name, values in QueryDict(arguments["query"]).lists() if any(values)]
    return [(_("List"), "", arguments["list"]), (_("Rows"), "", number(arguments["rows"])), *filters]


LARGE = Command(
    name=KIND,
    label=gettext_lazy("Export a list"),
    permission=PERMISSION,
    execute=_execute,
    describe=_describe,
    about=lambda arguments: f"{arguments['list']}, {number(arguments['rows'])}",
    version=lambda arguments: "",
    target=lambda arguments: ("", ""),
    amount=lambda arguments: Decimal(arguments["rows"]),
    check=_check,
)
