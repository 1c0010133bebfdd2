"""A list page: filters in the address, columns to choose, one order, pages by key, rows built in Python.

Rows are strings joined here and not templates, because a dense list is 500 cells: measured at 1 ms against 20 ms."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from pages.formats import number
from pages.keyset import Count, Page, capped_count, keyset_page

OWN = ("cursor", "sort", "columns", "preview")


@dataclass(frozen=True)
class Column:
    """One column: `render` turns a row into text (escaped unless marked safe); `sort` is the order key it offers."""

    key: str
    label: str | Promise
    render: Callable[[Any], Any]
    sort: str = ""
    numeric: bool = False
    mono: bool = False
    default: bool = True

    @property
    def css(self) -> str:
        return " ".join(name for name, on in (("num", self.numeric), ("mono", self.mono)) if on)


@dataclass
class ListPage:
    """What `components/list.html` shows. `order` is the order without a wish; `row_url` opens a row."""

    request: HttpRequest
    name: str
    filterset: Any
    columns: Sequence[Column]
    order: Sequence[str]
    row_url: Callable[[Any], str] | None = None
    size: int = 50
    views: Sequence[Any] = ()
    actions: Sequence[Any] = ()
    export_url: str = ""
    search_field: str = "q"
    empty: str | Promise = ""
    extra: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

    @property
    def query(self) -> QueryDict:
        return self.request.GET

    @cached_property
    def shown(self) -> list[Column]:
        wanted = [key for key in self.query.get("columns", "").split(",") if key]
        chosen = [column for column in self.columns if (column.key in wanted if wanted else column.default)]
        return chosen or list(self.columns)

    @cached_property
    def sort(self) -> tuple[Column, bool] | None:
        """The column that the address asks to sort by, and whether downwards."""
        wish = self.query.get("sort", "")
        column = next((column for column in self.columns if column.sort and column.key == wish.lstrip("-")), None)
        return (column, wish.startswith("-")) if column else None

    @cached_property
    def page(self) -> Page:
        order = list(self.order)
        if self.sort:
            column, down = self.sort
            order = [f"-{column.sort}" if down else column.sort, "-pk" if down else "pk"]
        try:
            return keyset_page(self.filterset.qs, order=order, cursor=self.query.get("cursor"), size=self.size)
        except ValidationError as error:
            self.problem = " ".join(error.messages)
            return keyset_page(self.filterset.qs, order=order, size=self.size)

    @cached_property
    def count(self) -> Count:
        return capped_count(self.filterset.qs)

    @property
    def count_text(self) -> str:
        return number(self.count.number) + ("+" if self.count.more else "")

    @cached_property
    def headings(self) -> list[dict[str, Any]]:
        return [self._heading(column) for column in self.shown]

    def _heading(self, column: Column) -> dict[str, Any]:
        current = self.sort and self.sort[0] is column
        down = bool(current and self.sort[1])
        wish = column.key if down or not current else f"-{column.key}"
        return {
            "label": column.label, "css": column.css, "url": self.url(sort=wish, cursor=None) if column.sort else "",
            "aria": ("descending" if down else "ascending") if current else "",
        }

    @cached_property
    def rows(self) -> SafeString:
        return mark_safe("".join(self._row(number, row) for number, row in enumerate(self.page.rows)))  # noqa: S308 cells are escaped

    def _row(self, place: int, row: Any) -> str:
        url = self.row_url(row) if self.row_url else ""
        cells = "".join(
            f'<td{f" class={chr(34)}{column.css}{chr(34)}" if column.css else ""} data-label="{label}">'
            f"{self._cell(column, row, url, first=number == 0)}</td>"
            for number, (column, label) in enumerate(self._labelled)
        )
        link = f' data-href="{conditional_escape(url)}"' if url else ""
        return f'<tr{link} id="row-{place}">{cells}</tr>'

    @cached_property
    def _labelled(self) -> list[tuple[Column, str]]:
        return [(column, str(conditional_escape(column.label))) for column in self.shown]

    def _cell(self, column: Column, row: Any, url: str, *, first: bool) -> str:
        text = conditional_escape(column.render(row))
        return format_html('<a class="row-link" href="{}">{}</a>', url, text) if first and url else text

    def url(self, **changes: Any) -> str:
        """The address of this list with some parameters changed; None takes one away."""
        query = self.query.copy()
        query.pop("preview", None)
        for key, value in changes.items():
            query.pop(key, None)
            if value is not None:
                query[key] = value
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    @property
    def next_url(self) -> str:
        return self.url(cursor=self.page.next) if self.page.next else ""

    @property
    def previous_url(self) -> str:
        return self.url(cursor=self.page.previous) if self.page.previous else ""

    @property
    def sort_text(self) -> str:
        return self.query.get("sort", "")

    @property
    def columns_text(self) -> str:
        return self.query.get("columns", "")

    @property
    def saved_query(self) -> str:
        """What a saved view keeps: filters, order and columns, not the place within the list."""
        return urlencode([(key, value) for key, values in self.query.lists() if key not in ("cursor", "preview") for value in values])

    @cached_property
    def fields(self) -> list[dict[str, Any]]:
        """Filters as the template draws them: search apart, choices as menus of boxes, the rest as inputs."""
        return [self._field(bound) for bound in self.filterset.form if bound.name != self.search_field]

    def _field(self, bound: Any) -> dict[str, Any]:
        choices = getattr(bound.field, "choices", None)
        chosen = self.query.getlist(bound.name)
        multiple = choices is not None and getattr(bound.field.widget, "allow_multiple_selected", False)
        options = [(str(value), label, str(value) in chosen) for value, label in choices or [] if str(value) != ""]
        return {"bound": bound, "name": bound.name, "label": bound.label, "menu": multiple, "options": options,
                "chosen": len(chosen) if multiple else 0}

    @cached_property
    def search(self) -> Any:
        form = self.filterset.form
        return form[self.search_field] if self.search_field in form.fields else None

    @cached_property
    def chips(self) -> list[dict[str, str]]:
        """One for each filter in force, with the address that lifts it."""
        return [
            chip for bound in self.filterset.form for chip in self._chips_of(bound, list(self._keys_of(bound)))
        ]

    def _keys_of(self, bound: Any) -> Iterable[str]:
        return (key for key in self.query if key == bound.name or key.startswith(f"{bound.name}_"))

    def _chips_of(self, bound: Any, keys: list[str]) -> list[dict[str, str]]:
        labels = {str(value): str(label) for value, label in getattr(bound.field, "choices", None) or []}
        return [
            {"text": f"{bound.label}: {labels.get(value, value)}", "url": self._without(key, value)}
            for key in keys for value in self.query.getlist(key) if value
        ]

    def _without(self, key: str, value: str) -> str:
        query = self.query.copy()
        query.setlist(key, [kept for kept in query.getlist(key) if kept != value])
        query.pop("cursor", None)
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    @property
    def is_filtered(self) -> bool:
        return any(key not in OWN and value for key, value in self.query.items())

    @property
    def template(self) -> str:
        """The fragment where htmx asks for the rows, else the page."""
        return "#rows" if self.request.htmx and self.request.htmx.target == "rows" else ""
