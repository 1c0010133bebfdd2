"""A list page: filters in the address, columns to choose, one order, pages by key, saved views, selection, export.

    def alert_list(request):
        alerts = AlertFilter(request.GET, queryset=Alert.objects.visible_to(request.user).for_list(), request=request)
        listing = ListPage(request, filterset=alerts, columns=COLUMNS, order=["-opened_at"], row_url=alert_url)
        return render_list(request, "risk/alert_list.html", listing)

The page template includes `components/list.html`. docs/pages.md tells the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pages.columns import Column, render_rows
from pages.filterbar import Chip, Control, chips, chosen_controls, controls
from pages.keyset import Count, Page, capped_count, keyset_page

__all__ = ["SAVED_VIEWS", "BulkAction", "Column", "ListPage", "list_page", "render_list", "selection"]

Filters = frozenset[tuple[str, tuple[str, ...]]]  # parameters with their values, whatever their order

OWN = ("cursor", "sort", "columns", "preview", "view")
PATIENCE = "8s"  # after which the database gives a list up; people leave before
NO_ROWS = Page([], None, None)

# The room that keeps saved views adds a function here in its `AppConfig.ready`: (user, page name) → views with pk,
# name, query.
SAVED_VIEWS: list[Callable[[Any, str], Iterable[Any]]] = []

# The room that makes files adds here where a list without an export of its own is taken out: (user) → address or "".
EXPORTS: list[Callable[[Any], str]] = []


# The room that takes files in adds here where rows of a list are imported: (user, page name) → address or "".
IMPORTS: list[Callable[[Any, str], str]] = []


@dataclass(frozen=True)
class BulkAction:
    """A button over selected rows. Its address is posted `ids` or, for all that match, `all=1` and `query`; see
    `selection`.
    """

    label: str | Promise
    url: str
    icon: str = ""
    tone: str = ""


@dataclass(frozen=True)
class ViewTab:
    """A saved view as a tab over the list."""

    name: str
    url: str
    active: bool
    filters: Filters = frozenset()


@dataclass
class ListPage:
    """What `components/list.html` shows as `list`.

    `order` is the order nobody asked for; `row_url` opens a row, `row_key` names it for `actions`; `export_url` is
    posted `path` and `query`, by default to the export that every list has ("" for none); `search_field` is the filter that stands first and is read as one types; `empty` is the sentence for
    a list without rows at all, `empty_action` an optional (label, url) beneath it. Nothing is read from the database
    before it is shown.
    """

    request: HttpRequest
    filterset: Any
    columns: Sequence[Column]
    order: Sequence[str]
    name: str = ""
    row_url: Callable[[Any], str] | None = None
    row_key: Callable[[Any], Any] | None = None
    size: int = 50
    views: Iterable[Any] | None = None
    all_label: str | Promise = ""
    actions: Sequence[BulkAction] = ()
    export_url: str | None = None
    import_url: str = field(default="", init=False)
    search_field: str = "q"
    label: str | Promise = ""
    empty: str | Promise = ""
    empty_action: tuple[str | Promise, str] | None = None
    problem: str = ""
    failed: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.name = self.name or (self.request.resolver_match.view_name if self.request.resolver_match else "")
        if self.export_url is None:
            self.export_url = next((url(self.request.user) for url in EXPORTS), "")
        self.import_url = next(filter(None, (url(self.request.user, self.name) for url in IMPORTS)), "")

    @property
    def query(self) -> QueryDict:
        return self.request.GET

    @property
    def path(self) -> str:
        return self.request.path

    # Columns and order

    @cached_property
    def shown(self) -> list[Column]:
        """Columns that the address names, else those that this person chose here before, else the usual ones."""
        for wish in (self.query.get("columns", "").split(","), self.request.COOKIES.get(self.cookie, "").split(".")):
            chosen = [column for column in self.columns if column.key in wish]
            if chosen:
                return chosen
        return [column for column in self.columns if column.default]

    @property
    def cookie(self) -> str:
        """Where the browser keeps the choice of columns; set by lists.js, for ten years of staff do not fit in
        addresses.
        """
        return f"columns-{self.name.replace(':', '.')}"

    @property
    def shown_keys(self) -> set[str]:
        return {column.key for column in self.shown}

    @cached_property
    def sort(self) -> tuple[Column, bool] | None:
        """The column that the address asks to sort by, and whether downwards."""
        wish = self.query.get("sort", "")
        column = next((column for column in self.columns if column.sort and column.key == wish.removeprefix("-")), None)
        return (column, wish.startswith("-")) if column else None

    @cached_property
    def keys(self) -> list[str]:
        if not self.sort:
            return list(self.order)
        column, down = self.sort
        return [_turned(key) for key in column.sort_keys] if down else column.sort_keys

    @cached_property
    def headings(self) -> list[dict[str, Any]]:
        return [self._heading(column) for column in self.shown]

    def _heading(self, column: Column) -> dict[str, Any]:
        """A first click sorts upwards, a second downwards, a third lets go."""
        down = self.sort[1] if self.sort and self.sort[0] is column else None
        wish = {None: column.key, False: f"-{column.key}", True: None}[down]
        return {
            "label": column.label,
            "css": column.css,
            "url": self.url(sort=wish) if column.sort else "",
            "aria": {None: "", False: "ascending", True: "descending"}[down],
        }

    # Rows

    @property
    def page(self) -> Page:
        return self._found[0]

    @property
    def count(self) -> Count | None:
        """How many rows match, up to a thousand; None where even that took too long to know."""
        return self._found[1]

    @cached_property
    def _found(self) -> tuple[Page, Count | None]:
        """The rows and their number. What the database cannot give within `PATIENCE` is left out, and `failed` says
        so.
        """
        page = None
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
                sought = self._sought()
                if sought and sought.more:
                    # Found everywhere: walking the order's index meets a page of them sooner than an index of words
                    # gathers and sorts them all.
                    cursor.execute("SET LOCAL enable_bitmapscan = off")
                page = self._page()
                count = sought or self._count(page)
                cursor.execute("SET LOCAL statement_timeout TO DEFAULT; SET LOCAL enable_bitmapscan TO DEFAULT")
                return page, count
        except OperationalError as error:
            if not _is_timeout(error):
                raise
            self.failed = page is None
            return page or NO_ROWS, None

    def _page(self) -> Page:
        try:
            return keyset_page(self.filterset.qs, order=self.keys, cursor=self.query.get("cursor"), size=self.size)
        except ValidationError as error:
            self.problem = " ".join(error.messages)
            return keyset_page(self.filterset.qs, order=self.keys, size=self.size)

    def _sought(self) -> Count | None:
        """How many rows a search finds; None where nothing is sought."""
        return capped_count(self.filterset.qs) if self.query.get(self.search_field, "").strip() else None

    def _count(self, page: Page) -> Count:
        """One page without neighbours has counted itself."""
        alone = page.next is None and page.previous is None
        return Count(len(page.rows), more=False) if alone else capped_count(self.filterset.qs)

    @cached_property
    def rows(self) -> SafeString:
        return render_rows(self.page.rows, self.shown, url=self.row_url, key=self._row_key if self.actions else None)

    def _row_key(self, row: Any) -> Any:
        if self.row_key:
            return self.row_key(row)
        return row[self.filterset.qs.model._meta.pk.name] if isinstance(row, dict) else row.pk

    @property
    def next_url(self) -> str:
        return self.url(cursor=self.page.next) if self.page.next else ""

    @property
    def previous_url(self) -> str:
        return self.url(cursor=self.page.previous) if self.page.previous else ""

    # Filters

    @cached_property
    def search(self) -> Any:
        form = self.filterset.form
        return form[self.search_field] if self.search_field in form.fields else None

    @property
    def bar_facts(self) -> tuple[Any, ...] | None:
        """What the bar over the list depends on, to keep it by; None where it is not worth keeping, as with filters that
        no tab has, or cannot be, as where a filter offers records.
        """
        if any("queryset" in one.extra for one in self.filterset.filters.values()):
            return None
        if self.is_filtered and self.filters_in_force not in [tab.filters for tab in self.tabs]:
            return None
        offered = tuple(
            tuple(map(tuple, one.extra["choices"]))
            for one in self.filterset.filters.values()
            if isinstance(one.extra.get("choices"), list)
        )
        acts = tuple((action.url, action.icon, action.tone) for action in self.actions)
        return (
            self.name,
            self.path,
            self.filters_in_force,
            timezone.localdate(),  # what a filter offers may be counted from today
            type(self.filterset),
            tuple(column.key for column in self.columns),
            tuple(column.key for column in self.shown),
            offered,
            self.export_url,
            self.import_url,
            acts,
        )

    @cached_property
    def controls(self) -> list[Control]:
        return controls(self.filterset.form, self.query, without=self.search_field)

    @cached_property
    def chips(self) -> list[Chip]:
        return chips(chosen_controls(self.filterset.form, self.query, without=self.search_field), self.query, self.path)

    @cached_property
    def errors(self) -> list[str]:
        """What is wrong with the filters, a sentence each: a filter that cannot be read must not look like one that is
        not there.
        """
        form = self.filterset.form
        return [
            f"{form.fields[name].label}: {text}"
            for name, texts in form.errors.items()
            if name in form.fields
            for text in texts
        ]

    @property
    def is_filtered(self) -> bool:
        return any(value for key, value in self.query.items() if key not in OWN)

    @cached_property
    def filters_in_force(self) -> Filters:
        return filters_of(self.query)

    # Addresses

    def url(self, **changes: Any) -> str:
        """This list with some parameters changed (None takes one out), back on its first page unless `cursor` is
        given.
        """
        query = self.query.copy()
        for key in ("preview", "cursor", *changes):
            query.pop(key, None)
        query.update({key: value for key, value in changes.items() if value is not None})
        return f"{self.path}?{query.urlencode()}" if query.urlencode() else self.path

    @property
    def saved_query(self) -> str:
        """What a saved view or an export takes along: filters, order and columns, not the place within the list."""
        query = self.query.copy()
        for key in ("cursor", "preview", "view"):
            query.pop(key, None)
        return query.urlencode()

    # Saved views

    @cached_property
    def tabs(self) -> list[ViewTab]:
        """The list as it is, then the views that this person sees; nothing where there are none."""
        views = (
            self.views
            if self.views is not None
            else [view for source in SAVED_VIEWS for view in source(self.request.user, self.name)]
        )
        tabs = [self._tab(view) for view in views]
        bare = not self.is_filtered and not any(tab.active for tab in tabs)
        return [ViewTab(str(self.all_label or _("All")), self.path, bare), *tabs] if tabs else []

    def _tab(self, view: Any) -> ViewTab:
        query = QueryDict(view.query, mutable=True)
        query["view"] = view.pk
        is_active = self.query.get("view") == str(view.pk)
        return ViewTab(view.name, f"{self.path}?{query.urlencode()}", is_active, filters_of(query))


def filters_of(query: QueryDict) -> Filters:
    """Return the filters of an address: its parameters without the list's own."""
    return frozenset((key, tuple(values)) for key, values in query.lists() if key not in OWN and any(values))


def list_page(request: HttpRequest, **declared: Any) -> dict[str, Any]:
    """Return the context of a list page; takes what ListPage takes."""
    return {"list": ListPage(request, **declared)}


def render_list(request: HttpRequest, template: str, listing: ListPage, **context: Any) -> HttpResponse:
    """Answer with the page or, where htmx asks for the rows, with the rows alone."""
    if (taken := getattr(request, "lists_taken", None)) is not None:
        taken.append(listing)
        return HttpResponse()
    is_fragment = bool(request.htmx) and request.htmx.target == "rows"
    shown = "components/list.html#rows" if is_fragment else template
    return render(request, shown, {**context, "list": listing, "is_fragment": is_fragment})


def take_out(request: HttpRequest, ask: Callable[[], Any]) -> ListPage | None:
    """Return the list that a view makes for `request`, without its page; None where it shows none."""
    request.lists_taken = []  # type: ignore[attr-defined]
    ask()
    return next(iter(request.lists_taken), None)  # type: ignore[attr-defined]


def selection(request: HttpRequest, filterset: Callable[..., Any], queryset: QuerySet) -> QuerySet:
    """Return the rows that a bulk action was posted for: the ticked ones, or all that match the filters of the list it
    came from.

    `queryset` is what this person may see and change; a row outside it is never returned, whatever is posted. Filters
    that cannot be read raise ValidationError, so that nothing is done to more rows than were meant."""
    if request.POST.get("all") == "1":
        asked = filterset(QueryDict(request.POST.get("query", "")), queryset=queryset, request=request)
        if not asked.is_valid():
            raise ValidationError(
                _("The filters of this selection cannot be read: go back to the list and select again.")
            )
        return asked.qs
    keys = request.POST.getlist("ids")
    try:
        return queryset.filter(pk__in=[queryset.model._meta.pk.to_python(key) for key in keys])
    except ValidationError as error:
        raise ValidationError(_("This selection cannot be read: go back to the list and select again.")) from error


def _turned(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _is_timeout(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) == "57014"  # query_canceled
