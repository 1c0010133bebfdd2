"""Tables as they come in, CSV in UTF-8 or a spreadsheet, read into rows of text by heading."""

import csv
import io
import zipfile
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook

MOST_ROWS, MOST_COLUMNS = 100_001, 200
LARGEST_UNPACKED = 200 * 1024 * 1024  # a spreadsheet is a zip, which can hold a thousand times its size
Row = tuple[int, dict[str, str]]  # its number in the file, where the first row is 1, and its cells by heading


class SheetError(ValueError):
    """A file that is no table; says which of the sentences of `staff.imports` fits."""


def rows_of(content: bytes) -> list[Row]:
    """Return the rows of a CSV file or of the first sheet of an XLSX file, each by its headings, without empty rows.

    Raises SheetError: `encoding`, `unreadable`, `too_large`, `headings`, `cells` or `empty`.
    """
    grid = _of_workbook(content) if content[:2] == b"PK" else _of_csv(content)
    filled = [(number, cells) for number, cells in enumerate(grid, 1) if any(cells)]
    if len(filled) < 2:
        raise SheetError("empty")
    (_number, heads), *rows = filled
    while not heads[-1]:
        heads.pop()
    if not all(heads) or len(set(heads)) != len(heads):
        raise SheetError("headings")
    if any(any(cells[len(heads) :]) for _number, cells in rows):
        raise SheetError("cells")
    return [(number, dict(zip(heads, [*cells, *[""] * len(heads)], strict=False))) for number, cells in rows]


def _of_csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetError("encoding") from error
    try:
        return [[cell.strip() for cell in cells] for cells in csv.reader(io.StringIO(text), strict=True)]
    except csv.Error as error:
        raise SheetError("unreadable") from error


def _of_workbook(content: bytes) -> list[list[str]]:
    """Read row by row: a sheet whose one cell stands in the last row of the last column would fill no memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > LARGEST_UNPACKED:
                raise SheetError("too_large")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
        return [[as_text(cell) for cell in cells] for cells in rows]
    except SheetError:
        raise
    except Exception as error:  # what a broken or hostile file raises in a reader of files is no closed list
        raise SheetError("unreadable") from error


def as_text(cell: Any) -> str:
    """Return a cell of a spreadsheet as a person would have typed it: 3 for 3.0, 2026-11-26 for a day."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return f"{cell:.15g}" if abs(cell) >= 1e15 or cell != int(cell) else str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell).strip()
