"""What tests of imports share: the real files, and small ones written on the spot."""

import textwrap
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from customers.ingest.mapping import parse_mapping
from customers.services.imports import import_folder

DATA = settings.ROOT.parent / "shared/data"
BERKA = DATA / "berka"
LENDING = DATA / "lending"

MOVEMENTS = """
    [source]
    code = "platform"
    [[files]]
    name = "moves.csv"
    target = "transactions"
    [files.columns]
    external_id = "id"
    account = "account"
    booked_on = "date"
    kind = { column = "kind", map = { in = "deposit", out = "withdrawal" } }
    amount = "amount"
    counterparty = "payee"
"""
HEADER = "id,account,date,kind,amount,payee\n"


def mapping_of(text, title="test"):
    return parse_mapping(textwrap.dedent(text).encode(), title=title)


def import_text(folder: Path, content, *, mapping=MOVEMENTS, name="moves.csv", dry_run=False):
    """Write one file, import it, and return the run."""
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return import_folder(actor=None, mapping=mapping_of(mapping), folder=folder, dry_run=dry_run, at=timezone.now())


def counts(run):
    """(read, new, changed, known, rejected) of the run's last file."""
    file = run.files.order_by("position").last()
    return (file.rows_read, file.rows_new, file.rows_changed, file.rows_known, file.rows_rejected)


def rejects(run):
    """[(line, column, sentence)] of the run's last file."""
    file = run.files.order_by("position").last()
    return [(one.line, one.column, one.sentence) for one in file.rejects.order_by("line", "id")]
