"""Many records of a list at once from a table: tried first, with a sentence for each row that cannot be recorded; then all
of them are recorded, or none.

A room registers its list in `AppConfig.ready`, and the list's bar leads there:

    register_import(TableImport("controls", "risk:control_list", _("Import controls"), "risk.add_control", columns=…,
                                needed={"code", "name"}, record=each_by(read_control, record_one)))

Trying does all that recording does and takes it back, so it finds whatever recording would.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from audit.services import name_act
from staff.models import User
from staff.permits import require
from staff.rules.sheets import Row, SheetError, rows_of

LARGEST = 20 * 1024 * 1024
SHOWN = 100
YES, NO = {"yes", "true", "1", "x", "是"}, {"no", "false", "0", "否"}
Errors = list[tuple[int, str]]
Record = Callable[[User, Sequence[Row], datetime], Errors]


@dataclass(frozen=True)
class TableImport:
    """A list whose rows come from a table. `record(actor, rows, at)` records what can be and returns, by the row's number
    in the file, why the others cannot; `most` rows are taken at once."""

    key: str
    list_name: str
    label: str | Promise
    permission: str
    columns: Sequence[str]
    needed: Collection[str]
    record: Record
    most: int = 1_000


@dataclass(frozen=True)
class Outcome:
    """What would become of a table."""

    good: int
    errors: Errors


IMPORTS: dict[str, TableImport] = {}


def register_import(table: TableImport) -> None:
    if IMPORTS.setdefault(table.key, table) != table:
        raise ValueError(f"There is an import {table.key!r} already: choose another key.")


def import_named(key: str, user: User) -> TableImport:
    """The import of that key; ValidationError where there is none, PermissionDenied for whoever may not."""
    table = IMPORTS.get(key)
    if table is None:
        raise ValidationError(_("There is no list %(key)s to import.") % {"key": key[:40]})
    require(user, table.permission)
    return table


def import_url_for(user: Any, page: str) -> str:
    """Where the button of a list leads, for those who may."""
    found = next((one for one in IMPORTS.values() if one.list_name == page), None)
    return reverse("staff:table_import", args=[found.key]) if found and user.has_perm(found.permission) else ""


def read_table(table: TableImport, content: bytes) -> list[Row]:
    """Return the rows of a file; ValidationError with a sentence for what is no table, or not one of this list."""
    if len(content) > LARGEST:
        raise ValidationError(_("The file is larger than 20 MB: bring it in parts."))
    try:
        rows = rows_of(content)
    except SheetError as error:
        raise ValidationError(_why(str(error))) from error
    if len(rows) > table.most:
        raise ValidationError(_("The table has more than %(most)s rows: bring it in parts.") % {"most": table.most})
    if missing := set(table.needed) - set(rows[0][1]):
        raise ValidationError(_("The table lacks the columns %(names)s.") % {"names": ", ".join(sorted(missing))})
    if unknown := set(rows[0][1]) - set(table.columns):
        raise ValidationError(_("These columns are not known: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    return rows


def tried(table: TableImport, *, actor: User, rows: Sequence[Row], at: datetime) -> Outcome:
    """Say what would become of a table: everything is recorded and taken back."""
    with transaction.atomic():
        errors = table.record(actor, rows, at)
        transaction.set_rollback(True)
    return Outcome(len(rows) - len(errors), errors)


@transaction.atomic
def bring_in(table: TableImport, *, actor: User, rows: Sequence[Row], at: datetime) -> int:
    """Record every row of a table and return how many; ValidationError, and nothing recorded, where one cannot be."""
    name_act(f"staff.import.{table.key}")
    errors = table.record(actor, rows, at)
    if errors:
        number, why = errors[0]
        raise ValidationError(_("Nothing was recorded. Row %(row)s: %(why)s") % {"row": number, "why": why})
    return len(rows)


def by_form(
    form: Callable[[User, dict[str, Any]], forms.Form | forms.ModelForm],
    service: Callable[[User, Any, datetime], Any],
    *,
    named: Callable[[User], dict[str, Callable[[str], Any]]],
) -> Record:
    """Record rows as the page of one does: through its form and its service, so a table is refused what the page refuses.

    `form(user, cells)` gives the form filled in, `service(user, form, at)` records what it holds. `named(user)` says for
    columns that name other records how a cell becomes their key, or keys."""

    def record(actor: User, rows: Sequence[Row], at: datetime) -> Errors:
        keys, errors = named(actor), []
        for number, row in rows:
            try:
                with transaction.atomic():
                    cells = {name: keys[name](cell) if name in keys else cell for name, cell in row.items() if cell}
                    filled = form(actor, cells)
                    cells.update(_as_posted(filled, cells))
                    if not filled.is_valid():
                        raise ValidationError(_sentences(filled))
                    service(actor, filled, at)
            except (ValidationError, PermissionDenied) as error:
                errors.append((number, _said(error)))
        return errors

    return record


def _as_posted(form: forms.BaseForm, cells: dict[str, Any]) -> dict[str, Any]:
    """Cells as a browser would send them: a choice may be written as the page shows it, a box as yes or no."""
    posted = {}
    for name, cell in cells.items():
        field = form.fields.get(name)
        if isinstance(field, forms.BooleanField):
            posted[name] = _ticked(cell)
        elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            shown = {str(label).casefold(): value for value, label in field.choices if value}
            posted[name] = shown.get(str(cell).casefold(), cell)
    return posted


def _ticked(cell: str) -> bool:
    if cell.casefold() not in YES | NO:
        raise ValidationError(_("%(value)s is neither yes nor no.") % {"value": cell})
    return cell.casefold() in YES


def _sentences(form: forms.BaseForm) -> list[str]:
    return [
        f"{form.fields[name].label}: {text}" if name in form.fields else text
        for name, texts in form.errors.items()
        for text in texts
    ]


def _said(error: ValidationError | PermissionDenied) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


def one_of(known: dict[str, Any]) -> Callable[[str], Any]:
    """How a cell becomes the key of the record that it names; capital letters do not matter."""
    folded = {name.casefold(): key for name, key in known.items()}

    def key(cell: str) -> Any:
        if cell.casefold() not in folded:
            raise ValidationError(_("%(value)s is not known, or outside your scope.") % {"value": cell})
        return folded[cell.casefold()]

    return key


def several_of(known: dict[str, Any]) -> Callable[[str], list[Any]]:
    """The same for several in one cell, with a semicolon between."""
    one = one_of(known)
    return lambda cell: [one(part.strip()) for part in cell.replace("；", ";").split(";") if part.strip()]


def needed(cells: dict[str, Any], name: str) -> Any:
    """The cell that names what a row belongs to; ValidationError where it is empty."""
    if name not in cells:
        raise ValidationError(_("The column %(name)s is empty.") % {"name": name})
    return cells[name]


def _why(code: str) -> str:
    return {
        "encoding": _("The file is neither a spreadsheet (.xlsx) nor text in UTF-8."),
        "unreadable": _("The file cannot be read: save it again as CSV in UTF-8 or as .xlsx."),
        "too_large": _("The spreadsheet unpacks to more than 200 MB: bring it in parts."),
        "headings": _("Each column needs a heading of its own, in the first row."),
        "cells": _("A row has more cells than there are headings."),
        "empty": _("The table has no rows."),
    }[code]
