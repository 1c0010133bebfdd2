"""Lists as files: CSV or XLSX, written as a background job, in constant memory whatever the number of rows.

In an `AppConfig.ready` of an upper room:

    from staff.exports import Export, register_export
    register_export("customers.export", export_customers, permission="customers.export_customer")

    def export_customers(user, parameters) -> Export:
        rows = Customer.objects.visible_to(user).filter(...)
        cells = rows.values_list("number", "name").iterator(2_000)
        return Export("customers", [_("Number"), _("Name")], cells, rows.count())

and in its view `start_export(actor=request.user, kind="customers.export", title=…, parameters={"format": "xlsx",
"query": …}, at=…)`. The rows come through the user's own `visible_to` when the job runs, not when it was asked for.
The log says who exported what before the first byte is written.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Protocol

import xlsxwriter
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from audit.services import emit, name_act
from pages.formats import number
from staff.jobs import RunningJob, register_job
from staff.models import ChangeRequest, ChangeState, Job, User
from staff.rules.cells import plain_text, sheet_number
from staff.services.jobs import start_job

FORMATS = ("csv", "xlsx")
ROWS_PER_SHEET = 1_048_575  # of a sheet's 2^20, one is the heading
TELL_EVERY = 1_000


@dataclass(frozen=True)
class Export:
    """What is exported: the file's name without ending, the headings, the rows as tuples, and about how many there
    are.
    """

    name: str
    columns: Sequence[str | Promise]
    rows: Iterable[Sequence[Any]]
    total: int | None = None


Rows = Callable[[User, dict[str, Any]], Export]


class Writer(Protocol):
    def write(self, row: Sequence[Any]) -> None: ...

    def close(self) -> None: ...


def register_export(kind: str, rows: Rows, *, permission: str = "") -> None:
    """Say what an export of `kind` contains; whoever runs it must hold `permission`."""
    register_job(kind, ExportFunction(rows), permission=permission)


def start_export(*, actor: User, kind: str, title: str, parameters: dict[str, Any], at: datetime) -> Job:
    """Queue an export. `parameters["format"]` is csv or xlsx; csv if it is missing."""
    wish = parameters.get("format", "csv")
    if wish not in FORMATS:
        raise ValidationError(_("%(format)s is not a format for files here; choose csv or xlsx.") % {"format": wish})
    return start_job(actor=actor, kind=kind, title=title, parameters=parameters, at=at)


@dataclass(frozen=True)
class ExportFunction:
    """The job that writes an export. Two made of the same rows are equal, so that registering twice is no conflict."""

    rows: Rows

    def __call__(self, job: RunningJob) -> None:
        wish = job.parameters.get("format", "csv")
        export = self.rows(job.owner, job.parameters)
        _log(job, wish, export)
        # One transaction: the rows are of one moment, and a server-side cursor streams instead of keeping a copy.
        with tempfile.TemporaryDirectory(prefix="meridian-export-") as folder, transaction.atomic():
            path = Path(folder) / f"export.{wish}"
            written = write_file(path, wish, export, progress=job.progress)
            job.progress(written, written, _("%(n)s rows") % {"n": number(written)})
            job.attach(path, f"{export.name}.{wish}")


def _log(job: RunningJob, wish: str, export: Export) -> None:
    """Write the event before the first row is read, and on its own: one that waited for the export to end would hold
    up the log.

    So an export that was cancelled or failed is in the log too, as one that was tried. One that somebody approved says
    under which request, and why it was asked for.
    """
    asked = ChangeRequest.objects.filter(
        pk=job.parameters.get("change_request") or 0, maker=job.owner, state=ChangeState.EXECUTED
    ).first()
    with transaction.atomic():
        name_act(f"{job.kind}.written", asked.reason if asked else "", approval_id=asked.pk if asked else None)
        emit(
            "export",
            table="staff_job",
            pk=job.id,
            detail={"format": wish, "columns": [str(column) for column in export.columns], "rows": export.total},
            personal={"parameters": str(job.parameters)},
        )


def write_file(path: Path, wish: str, export: Export, *, progress: Callable[[int, int | None, str], None]) -> int:
    """Write all rows to `path` and return how many; `progress(done, total, sentence)` is called every 1,000."""
    with open(path, "wb") as file:
        writer: Writer = SheetWriter(file) if wish == "xlsx" else CsvWriter(file)
        done = 0
        try:
            writer.write([str(column) for column in export.columns])
            for done, row in enumerate(export.rows, start=1):
                writer.write(row)
                if done % TELL_EVERY == 0:
                    progress(
                        done, max(export.total, done) if export.total else None, _("%(n)s rows") % {"n": number(done)}
                    )
        finally:
            writer.close()
    return done


class CsvWriter:
    """RFC 4180, UTF-8 with the mark by which Excel knows it; dates in ISO form, times in the reader's zone."""

    def __init__(self, file: IO[bytes]):
        self.text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        self.lines = csv.writer(self.text)

    def write(self, row: Sequence[Any]) -> None:
        self.lines.writerow([plain_text(_local(value)) for value in row])

    def close(self) -> None:
        self.text.flush()
        self.text.detach()


class SheetWriter:
    """An XLSX workbook, one row in memory at a time; a further sheet begins where one is full. Numbers stay numbers."""

    def __init__(self, file: IO[bytes]):
        self.book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.headings: Sequence[Any] | None = None
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self.sheet, self.line = self.book.add_worksheet(), 0
        self.sheet.freeze_panes(1, 0)
        if self.headings is not None:
            self.write(self.headings)

    def write(self, row: Sequence[Any]) -> None:
        if self.headings is None:
            self.headings = row
        if self.line > ROWS_PER_SHEET:
            self._begin_sheet()
        for place, value in enumerate(row):
            self._write_cell(place, _local(value))
        self.line += 1

    def _write_cell(self, place: int, value: Any) -> None:
        figure = sheet_number(value)
        if isinstance(value, bool):
            self.sheet.write_boolean(self.line, place, value)
        elif figure is not None:
            self.sheet.write_number(self.line, place, figure)
        elif isinstance(value, date) and value.year < 1900:  # before a sheet's first day
            self.sheet.write_string(self.line, place, plain_text(value))
        elif isinstance(value, datetime):
            self.sheet.write_datetime(self.line, place, value.replace(tzinfo=None), self.moment)
        elif isinstance(value, date):
            self.sheet.write_datetime(self.line, place, value, self.day)
        elif value is not None:
            self.sheet.write_string(self.line, place, plain_text(value)[:32_767])

    def close(self) -> None:
        self.book.close()


def _local(value: Any) -> Any:
    """Aware times in the reader's zone: a sheet knows no zones."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
