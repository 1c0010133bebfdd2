import csv
import io
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from python_calamine import CalamineWorkbook

from audit.models import Event
from staff import exports
from staff.exports import Export, ExportFunction, start_export, write_file
from staff.jobs import KINDS, JobCancelled, Kind, RunningJob
from staff.models import Job, User
from staff.rules.cells import plain_text, safe_text, sheet_number
from tests.factories import UserFactory


def quiet(*_args):
    """Nobody watches."""


def as_csv(tmp_path, rows, columns=("A",)):
    write_file(tmp_path / "x.csv", "csv", Export("x", columns, rows), progress=quiet)
    text = (tmp_path / "x.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def as_xlsx(tmp_path, rows, columns=("A",)):
    write_file(tmp_path / "x.xlsx", "xlsx", Export("x", columns, rows), progress=quiet)
    book = CalamineWorkbook.from_path(str(tmp_path / "x.xlsx"))
    return [book.get_sheet_by_index(i).to_python() for i in range(len(book.sheet_names))]


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"])
def test_what_a_spreadsheet_would_run_is_put_behind_an_apostrophe(text, tmp_path):
    assert safe_text(text) == f"'{text}"
    assert as_csv(tmp_path, [[text]])[1] == [f"'{text}"]
    cell = as_xlsx(tmp_path, [[text]])[0][1][0]
    assert cell.replace("_x000D_", "\r").startswith("'")


@pytest.mark.parametrize("text", ["赵敏", "a=b", "3-4", "'quoted'", ""])
def test_harmless_texts_stay_as_they_are(text):
    assert safe_text(text) == text


def test_negative_amounts_are_numbers_and_no_formulas(tmp_path):
    assert as_csv(tmp_path, [[Decimal("-12.50"), -3]])[1] == ["-12.50", "-3"]
    assert as_xlsx(tmp_path, [[Decimal("-12.50"), -3]])[0][1] == [-12.5, -3]


def test_values_that_a_sheet_cannot_hold_exactly_stand_as_text(tmp_path):
    long, card = Decimal("12345678901234.5678"), 6222021234567890123

    assert (sheet_number(long), sheet_number(card), sheet_number(True)) == (None, None, None)
    assert as_xlsx(tmp_path, [[long, card]])[0][1] == ["12345678901234.5678", "6222021234567890123"]


def test_dates_and_times_are_the_readers(tmp_path):
    at = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    with timezone.override("Asia/Shanghai"):
        line = as_csv(tmp_path, [[date(2026, 11, 24), at, None, True]])[1]
        cells = as_xlsx(tmp_path, [[date(2026, 11, 24), at, None, date(1850, 1, 2)]])[0][1]

    assert line == ["2026-11-24", "2026-11-24 09:30:00+08:00", "", "true"]
    assert cells == [date(2026, 11, 24), datetime(2026, 11, 24, 9, 30), "", "1850-01-02"]


def test_commas_quotes_and_line_breaks_survive(tmp_path):
    assert as_csv(tmp_path, [['a "b", c\nd']], ["赵, A"]) == [["赵, A"], ['a "b", c\nd']]


def test_a_full_sheet_goes_on_in_the_next_one_with_its_headings(tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "ROWS_PER_SHEET", 2)

    assert as_xlsx(tmp_path, [[n] for n in range(5)], ["N"]) == [[["N"], [0], [1]], [["N"], [2], [3]], [["N"], [4]]]


@pytest.mark.parametrize("wish", ["csv", "xlsx"])
def test_memory_stays_flat_whatever_the_number_of_rows(tmp_path, wish):
    def peak(rows):
        tracemalloc.start()
        write_file(
            tmp_path / "x", wish, Export("x", ["A", "B"], ([n, f"row {n}"] for n in range(rows))), progress=quiet
        )
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # what is loaded once
    assert peak(20_000) < peak(2_000) + 300_000


def test_plain_text_never_rounds():
    assert plain_text(Decimal("1E+3")) == "1000"


def make(monkeypatch, rows, **parameters):
    user = UserFactory(role="risk")
    job = Job.objects.create(
        owner=user,
        kind="test.export",
        title="Export",
        parameters=parameters,
        created_at=timezone.now(),
        state="running",
        attempt=1,
    )
    return RunningJob(job), ExportFunction(rows)


@pytest.mark.django_db
def test_an_export_reads_what_its_owner_sees_and_is_in_the_log_first(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def rows(user, parameters):
        def lines():
            logged = Event.objects.get(kind="export")
            assert logged.pk_text == str(job.id)
            yield from (
                User.objects.visible_to(user)
                .filter(email=parameters["q"])
                .values_list("email", "full_name")
                .iterator(100)
            )

        return Export("people", ["E-mail", "Name"], lines(), 1)

    job, export = make(monkeypatch, rows, q="zhao@example.test", format="csv")
    UserFactory(email="zhao@example.test", full_name="=cmd()")
    UserFactory(email="li@example.test")
    export(job)

    assert job.result_name == "people.csv"
    assert (job.done, job.total) == (1, 1)
    text = (tmp_path / job.result).read_text("utf-8-sig")
    assert text.split() == ["E-mail,Name", "zhao@example.test,'=cmd()"]
    event = Event.objects.get(kind="export")
    assert event.action == "test.export.written"
    assert '"rows": 1' in event.body
    assert "zhao@example.test" not in event.body


@pytest.mark.django_db
def test_a_cancelled_export_leaves_no_file(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def rows(user, parameters):
        def lines():
            for n in range(5_000):
                if n == 1_500:
                    job.ask_to_cancel()
                yield [n]

        return Export("numbers", ["N"], lines())

    job, export = make(monkeypatch, rows)
    with pytest.raises(JobCancelled):
        export(job)

    assert job.done == 2_000
    assert job.result == ""


@pytest.mark.django_db
def test_an_unknown_format_is_refused_with_a_sentence(monkeypatch):
    monkeypatch.setitem(KINDS, "test.export", Kind(print))

    with pytest.raises(ValidationError, match="choose csv or xlsx"):
        start_export(actor=UserFactory(), kind="test.export", title="", parameters={"format": "exe"}, at=timezone.now())
