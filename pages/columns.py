"""Columns of a list, and its rows as HTML.

Rows are strings joined here and not templates: a dense list is 500 cells, which cost 1 ms this way and 20 ms in a
template loop.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from pages.formats import NOTHING

Card = Literal["", "wide", "hidden"]
PLAIN = re.compile(r"[^&<>\"']*").fullmatch


@dataclass(frozen=True)
class Column:
    """One column of a list.

    `render` turns a row into text, escaped unless it is marked safe; without it, the row's value under `key` is shown.
    `sort` is the order key (or keys) behind a click on the heading. `numeric` aligns right with equal digits, `mono` is
    for references. A column with `default=False` is shown to those who choose it. `link` marks the one cell that opens
    the row; without a mark the first shown column is it. `card` says how the cell stands in a card on a phone: half a
    line, `wide`, `hidden`. Text of a `wrap` column runs over several lines.
    """

    key: str
    label: str | Promise
    render: Callable[[Any], Any] | None = None
    sort: str | Sequence[str] = ""
    numeric: bool = False
    mono: bool = False
    default: bool = True
    link: bool = False
    card: Card = ""
    wrap: bool = False

    @property
    def css(self) -> str:
        card = f"card-{self.card}" if self.card else ""
        named = {"num": self.numeric, "mono": self.mono, "wrap": self.wrap, card: card}
        return " ".join(name for name, holds in named.items() if holds)

    @property
    def sort_keys(self) -> list[str]:
        return [self.sort] if isinstance(self.sort, str) else list(self.sort)

    def text(self, row: Any) -> Any:
        value = self.render(row) if self.render else row[self.key] if isinstance(row, dict) else getattr(row, self.key)
        return NOTHING if value is None or value == "" else value


def opens(url: Callable[[Any], str]) -> Callable[[Any], str]:
    """Return `url` so that a template hands it on to `{% table %}`: it calls any other function, and gets nothing."""
    url.do_not_call_in_templates = True  # type: ignore[attr-defined]
    return url


def render_rows(
    rows: Iterable[Any],
    columns: Sequence[Column],
    *,
    url: Callable[[Any], str] | None = None,
    key: Callable[[Any], Any] | None = None,
) -> SafeString:
    """Return the `<tr>`s. `url` opens a row; `key` names it for selection, which puts a box before each row."""
    opening = [_opening(column) for column in columns]
    texts = [column.text for column in columns]
    linked = next((place for place, column in enumerate(columns) if column.link), 0)
    box = _box() if key else ""
    shown = []
    for row in rows:
        cells = [_safe(text(row)) for text in texts]
        address = escape(url(row)) if url else ""
        if address:
            cells[linked] = f'<a class="row-link" href="{address}">{cells[linked]}</a>'
        ticked = box.format(escape(key(row))) if key else ""
        filled = "".join([f"{start}{cell}</td>" for start, cell in zip(opening, cells, strict=True)])
        shown.append(f"<tr{_href(address)}>{ticked}{filled}</tr>")
    return mark_safe("".join(shown))


def _safe(text: Any) -> str:
    """Most cells are plain words and figures: those need no look at each sign."""
    return text if type(text) is str and PLAIN(text) else conditional_escape(text)


def _href(address: str) -> str:
    return f' data-href="{address}"' if address else ""


def _opening(column: Column) -> str:
    """The start of every cell of a column; `data-label` is its heading where a row turns into a card."""
    css = f' class="{column.css}"' if column.css else ""
    return f'<td{css} data-label="{escape(column.label)}">'


def _box() -> str:
    """The box before a row, with a gap for its key."""
    label = escape(_("Select this row")).replace("{", "").replace("}", "")
    box = f'<input class="form-check-input" type="checkbox" name="ids" value="{{}}" form="bulk" aria-label="{label}">'
    return f'<td class="row-box">{box}</td>'
