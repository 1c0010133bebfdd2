"""An import that is killed, and imports that run at the same time: each row once, none lost."""

import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Sum

from customers.models import DailyActivity, ImportFile, ImportRun, Transaction, TransactionKey
from tests.customers.importing import HEADER, MOVEMENTS
from tests.factories.customers import AccountFactory

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 12_000
PIECE = 20_000  # bytes, so that a small file has many pieces


@pytest.fixture
def folder(tmp_path):
    for n in range(20):
        AccountFactory(external_id=str(n))
    lines = [
        f"{n},{n % 20},2024-{n * 6 // ROWS + 1:02d}-{n % 28 + 1:02d},in,{n % 1000}.25,Payee {n}\n" for n in range(ROWS)
    ]
    (tmp_path / "moves.csv").write_text(HEADER + "".join(lines))
    (tmp_path / "mapping.toml").write_text(MOVEMENTS.replace("\n    ", "\n"))
    return tmp_path


def start(folder):
    known = urlsplit(settings.DATABASE_URL)
    # Written out, because urlunsplit drops the empty host of a socket's address.
    address = f"{known.scheme}://{known.netloc}/{connection.settings_dict['NAME']}" + (
        f"?{known.query}" if known.query else ""
    )
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_data", "--skip-checks", str(folder / "mapping.toml"), str(folder)],
        cwd=settings.ROOT, env={**os.environ, "DATABASE_URL": address, "IMPORT_PIECE_BYTES": str(PIECE)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def kill_when_read(process, share):
    """SIGKILL the process once it has told that more than this share of the file is taken."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up and process.poll() is None:
        file = ImportFile.objects.order_by("pk").last()
        if file and file.bytes_read > file.size * share:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            return
        time.sleep(0.005)
    raise AssertionError(process.communicate()[0])


def check_each_row_once():
    taken = Transaction.objects.aggregate(total=Sum("amount"))["total"]
    numbers = set(Transaction.objects.values_list("external_id", flat=True))
    assert (Transaction.objects.count(), numbers) == (ROWS, {str(n) for n in range(ROWS)})
    assert taken == sum(n % 1000 for n in range(ROWS)) + ROWS // 4
    assert TransactionKey.objects.count() == ROWS
    rolled = DailyActivity.objects.aggregate(n=Sum("n"), total=Sum("inflow"))
    assert (rolled["n"], rolled["total"]) in [(ROWS, taken), (None, None)]


def test_a_killed_import_goes_on_where_it_was(folder):
    kill_when_read(start(folder), 0.3)
    left = ImportRun.objects.get()
    read = left.files.get().rows_new
    assert left.state == "running"
    assert 0 < Transaction.objects.count() == read < ROWS

    kill_when_read(start(folder), 0.7)
    told = start(folder).communicate()[0]

    run = ImportRun.objects.get()
    file = run.files.get()
    assert (run.state, file.rows_read, file.rows_new, file.rows_known) == ("done", ROWS, ROWS, 0), told
    check_each_row_once()


def test_two_imports_of_one_file_take_each_row_once(folder):
    processes = [start(folder), start(folder)]
    told = [process.communicate()[0] for process in processes]

    assert [process.returncode for process in processes] == [0, 0], told
    files = ImportFile.objects.all()
    assert sum(file.rows_new for file in files) == ROWS
    assert sum(file.rows_new + file.rows_known for file in files) == ROWS * len(files)
    check_each_row_once()
