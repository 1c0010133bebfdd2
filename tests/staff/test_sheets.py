"""What people call a table: rows come out with their numbers, or one sentence says why they do not."""

import io
from datetime import datetime

import pytest
import xlsxwriter

from staff.rules.sheets import SheetError, rows_of


def workbook(fill):
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    fill(book, book.add_worksheet())
    book.close()
    return made.getvalue()


def test_a_spreadsheet_reads_as_it_was_typed():
    def fill(book, sheet):
        sheet.write_row(0, 0, ["title", "count", "day", "share", "yes"])
        sheet.write(1, 0, " 付款文件重复 ")
        sheet.write(1, 1, 3.0)
        sheet.write_datetime(1, 2, datetime(2026, 2, 28), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write(1, 3, 0.1)
        sheet.write(1, 4, True)
        sheet.write(3, 0, "after an empty row")

    assert rows_of(workbook(fill)) == [
        (2, {"title": "付款文件重复", "count": "3", "day": "2026-02-28", "share": "0.1", "yes": "true"}),
        (4, {"title": "after an empty row", "count": "", "day": "", "share": "", "yes": ""}),
    ]


def test_csv_with_a_byte_order_mark_quotes_and_line_breaks():
    text = '\ufefftitle,text\r\n"عنوان","two\nlines"\r\n\r\nlast,""\r\n'

    assert rows_of(text.encode()) == [
        (2, {"title": "عنوان", "text": "two\nlines"}),
        (4, {"title": "last", "text": ""}),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"title,owner\r\n", "empty"),
        (b"PK\x03\x04 not a zip", "unreadable"),
        ("标题\n风险".encode("gbk"), "encoding"),
        (b'title\n"never closed', "unreadable"),
        (b"a,a\n1,2", "headings"),
        (b"a,,c\n1,2,3", "headings"),
        (b"a,b\n1,2,3", "cells"),
    ],
)
def test_what_is_no_table_says_why(content, why):
    with pytest.raises(SheetError, match=f"^{why}$"):
        rows_of(content)


def test_a_cell_in_the_farthest_corner_fills_no_memory():
    def fill(book, sheet):
        sheet.write(0, 0, "title")
        sheet.write(1_048_575, 16_383, "far")

    with pytest.raises(SheetError, match="empty"):
        rows_of(workbook(fill))


def test_a_spreadsheet_that_unpacks_to_gigabytes_is_refused(monkeypatch):
    monkeypatch.setattr("staff.rules.sheets.LARGEST_UNPACKED", 1_000)

    with pytest.raises(SheetError, match="too_large"):
        rows_of(workbook(lambda book, sheet: sheet.write(0, 0, "x" * 30_000)))
