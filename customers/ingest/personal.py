"""Contact, identity and card fields on their way in: sealed in Python, because the keys never go to the database.

A row that is known with the same text keeps the bytes that it has; sealing again would give others, and every row
would look changed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from psycopg import sql

from customers.encryption import (
    card_index,
    card_tail_index,
    decrypt,
    document_index,
    email_index,
    encrypt,
    identity_index,
    identity_tail_index,
    phone_index,
    phone_tail_index,
)
from customers.ingest.mapping import FileMapping
from customers.ingest.staging import execute, rows_of
from customers.rules.contacts import normalise_identity
from customers.services.match_keys import device_index

SQL, Identifier, Literal = sql.SQL, sql.Identifier, sql.Literal


@dataclass(frozen=True)
class Sealing:
    """One personal field: what it is sealed for, and the indexes kept beside it. Without a purpose only these are kept."""

    purpose: str
    indexes: dict[str, Callable[[str | None], bytes | None]]
    shape: Callable[[str], str] = str

    def columns(self, name: str) -> list[str]:
        return [*([name] if self.purpose else []), *self.indexes]


SEALINGS = {
    "phone": Sealing("customers.customer.phone", {"phone_index": phone_index, "phone_tail_index": phone_tail_index}),
    "email": Sealing("customers.customer.email", {"email_index": email_index}),
    "address": Sealing("customers.customer.address", {}),
    "identity_number": Sealing(
        "customers.customer.identity_number",
        {"identity_index": identity_index, "identity_tail_index": identity_tail_index},
    ),
    "card_number": Sealing(
        "customers.holding.card_number", {"card_index": card_index, "card_tail_index": card_tail_index}
    ),
    "document_number": Sealing(
        "customers.identitydocument.number", {"number_index": document_index}, normalise_identity
    ),
    "stake_number": Sealing("customers.stake.number", {}, normalise_identity),
    "representative_number": Sealing("customers.representative.number", {}, normalise_identity),
    "fingerprint": Sealing("", {"fingerprint_index": lambda text: device_index(text) if text else None}),
}


def kept_as_index(file: FileMapping) -> set[str]:
    """Return the personal fields whose text is kept nowhere, not even sealed: a fingerprint is only ever compared."""
    assert file.target is not None
    sealed = [spec for spec in file.target.fields if spec.kind == "sealed"]
    return {spec.name for spec in sealed if not SEALINGS[spec.sealing or spec.name].purpose}


def seal_checked(file: FileMapping, *, source_id: int) -> dict[str, str]:
    """Replace the texts of personal fields in `ingest_checked` by sealed bytes and add their indexes.

    Returns the added columns with their types; {} for a file without personal fields, which costs nothing.
    """
    assert file.target is not None
    sealings = {
        spec.name: SEALINGS[spec.sealing or spec.name]
        for spec in file.target.fields
        if spec.kind == "sealed" and spec.name in file.values
    }
    if not sealings:
        return {}
    columns = {column: "bytea" for name, sealing in sealings.items() for column in sealing.columns(name)}
    _replace([*sealings], columns, _sealed_rows(file, sealings, source_id))
    return columns


def _sealed_rows(file: FileMapping, sealings: dict[str, Sealing], source_id: int) -> list[tuple]:
    assert file.target is not None
    texts = SQL(", ").join(SQL("c.{}").format(Identifier(name)) for name in sealings)
    stored = SQL(", ").join(
        SQL("s.{}").format(Identifier(name)) if sealing.purpose else SQL("NULL") for name, sealing in sealings.items()
    )
    found = rows_of(
        SQL(
            "SELECT c.row_no, {}, {} FROM pg_temp.ingest_checked c LEFT JOIN {} s ON s.source_id = {} AND"
            " s.external_id = c.external_id AND s.external_id <> '' WHERE c.problem IS NULL"
        ).format(texts, stored, Identifier(file.target.table), Literal(source_id))
    )
    return [_seal_row(row, [*sealings.values()]) for row in found]


def _seal_row(row: tuple, sealings: list[Sealing]) -> tuple:
    line, texts, stored = row[0], row[1 : 1 + len(sealings)], row[1 + len(sealings) :]
    cells: list[bytes | None] = []
    for sealing, text, old in zip(sealings, texts, stored, strict=True):
        if sealing.purpose:
            cells.append(_seal(sealing.shape(text) if text else None, old, sealing.purpose))
        cells += [index(text) for index in sealing.indexes.values()]
    return (line, *cells)


def _seal(text: str | None, old: bytes | None, purpose: str) -> bytes | None:
    if not text:
        return None
    if old is not None and decrypt(old, purpose=purpose) == text:
        return bytes(old)
    return encrypt(text, purpose=purpose)


def _replace(names: list[str], columns: dict[str, str], rows: list[tuple]) -> None:
    """The texts leave the temporary table before it is used for anything else."""
    listed = list(columns)
    defined = SQL(", ").join(SQL("{} bytea").format(Identifier(name)) for name in listed)
    execute("DROP TABLE IF EXISTS pg_temp.ingest_sealed")
    execute(SQL("CREATE TEMP TABLE ingest_sealed (sealed_row_no bigint, {})").format(defined))
    with connection.cursor() as cursor, cursor.copy("COPY pg_temp.ingest_sealed FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["int8", *(["bytea"] * len(listed))])
        for row in rows:
            copy.write_row(row)
    others = SQL(", ").join(Identifier(name) for name in _columns_of_checked() if name not in names)
    added = SQL(", ").join(SQL("x.{}").format(Identifier(name)) for name in listed)
    execute(
        SQL(
            "CREATE TEMP TABLE ingest_checked_sealed AS SELECT {}, {} FROM pg_temp.ingest_checked c"
            " LEFT JOIN pg_temp.ingest_sealed x ON x.sealed_row_no = c.row_no"
        ).format(others, added)
    )
    execute("DROP TABLE pg_temp.ingest_checked")
    execute("ALTER TABLE pg_temp.ingest_checked_sealed RENAME TO ingest_checked")
    execute("DROP TABLE pg_temp.ingest_sealed")


def _columns_of_checked() -> list[str]:
    found = rows_of(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'pg_temp.ingest_checked'::regclass"
        " AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    )
    return [name for (name,) in found]
