"""Master data goes in: a row is new, changed, or known, by (source, external id).

Only columns that the mapping fills are compared and changed. Where one piece holds an id more than once the last row
wins, as it would if the rows came in different pieces: each one that differs from the one before counts as changed.
"""

from dataclasses import dataclass, replace

from psycopg import sql

from customers.ingest.compile import Checked
from customers.ingest.mapping import FileMapping
from customers.ingest.personal import kept_as_index
from customers.ingest.sql import statement
from customers.ingest.staging import execute, rows_of, temporary

SQL, Identifier, Literal = sql.SQL, sql.Identifier, sql.Literal


@dataclass
class Counts:
    """What became of the rows of a piece."""

    read: int = 0
    new: int = 0
    changed: int = 0
    known: int = 0
    rejected: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.read + other.read, self.new + other.new, self.changed + other.changed,
            self.known + other.known, self.rejected + other.rejected,
        )  # fmt: skip


def merge(file: FileMapping, checked: Checked, *, source_id: int, sealed: dict[str, str]) -> Counts:
    """Bring the rows of `ingest_checked` that have no problem into their table. `sealed` maps columns to their SQL
    types.
    """
    assert file.target is not None
    gone = kept_as_index(file)
    mapped, columns = ([name for name in names if name not in gone] for names in (checked.mapped, checked.columns))
    checked = replace(checked, mapped=mapped, columns=columns)
    with temporary("ingest_last", "ingest_added", "ingest_owners"):
        repeats = _keep_last(checked, sealed)
        changed = _update(file, checked, source_id, sealed)
        new = _insert(file, checked, source_id, sealed)
        _widen_lines(file)
        _make_instalments(file)
        total = rows_of("SELECT count(*) FROM pg_temp.ingest_last")[0][0]
    return Counts(new=new, changed=changed + repeats[1], known=total - new - changed + repeats[0] - repeats[1])


def mark_taken(file: FileMapping, *, source_id: int) -> int:
    """Mark rows that say of the same what a row under another number says already: a guarantee of one loan by one guarantor
    twice. Returns how many."""
    assert file.target is not None
    if not file.target.unique:
        return 0
    same = SQL(" AND ").join(SQL("o.{0} = c.{0}").format(Identifier(name)) for name in file.target.unique)
    return execute(
        SQL(
            "UPDATE pg_temp.ingest_checked c SET problem = '{{\"code\": \"taken\"}}' WHERE problem IS NULL AND ("
            "EXISTS (SELECT FROM {table} o WHERE {same} AND {where}"
            " AND (o.source_id = {source} AND o.external_id = c.external_id) IS NOT TRUE)"
            " OR EXISTS (SELECT FROM pg_temp.ingest_checked o WHERE {same} AND o.problem IS NULL"
            " AND o.external_id <> c.external_id AND o.row_no < c.row_no))"
        ).format(
            table=Identifier(_table(file)), same=same, source=Literal(source_id), where=SQL(file.target.unique_where)
        )
    )  # fmt: skip


def _keep_last(checked: Checked, sealed: dict[str, str]) -> tuple[int, int]:
    """Keep the last row of each id in `ingest_last`; return how many others there were, and how many differ from
    their next.
    """
    execute(
        "CREATE TEMP TABLE ingest_last AS SELECT DISTINCT ON (external_id) * FROM pg_temp.ingest_checked"
        " WHERE problem IS NULL ORDER BY external_id, row_no DESC"
    )
    mapped = SQL(", ").join(SQL("c.{}").format(Identifier(name)) for name in checked.mapped)
    found = rows_of(
        SQL(
            "SELECT count(*), count(*) FILTER (WHERE said IS DISTINCT FROM next) FROM"
            " (SELECT said, lead(said) OVER of_id AS next,"
            " row_number() OVER of_id = count(*) OVER (PARTITION BY external_id) AS is_last FROM"
            " (SELECT c.external_id, c.row_no,"
            " ROW({})::text AS said FROM pg_temp.ingest_checked c WHERE problem IS NULL) r"
            " WINDOW of_id AS (PARTITION BY external_id ORDER BY row_no)) s WHERE NOT is_last"
        ).format(mapped)
    )
    return found[0][0], found[0][1]


def _compared(checked: Checked, sealed: dict[str, str]) -> list[str]:
    return [name for name in dict.fromkeys([*checked.mapped, *sealed]) if name != "external_id"]


def _update(file: FileMapping, checked: Checked, source_id: int, sealed: dict[str, str]) -> int:
    columns = [Identifier(name) for name in _compared(checked, sealed)]
    if not columns:
        return 0
    return execute(
        SQL(
            "WITH changed AS MATERIALIZED (SELECT s.id, c.* FROM pg_temp.ingest_last c JOIN {table} s"
            " ON s.source_id = {source} AND s.external_id = c.external_id AND s.external_id <> ''"
            " WHERE ({old}) IS DISTINCT FROM ({new}){kept} ORDER BY s.id FOR UPDATE OF s)"
            " UPDATE {table} AS s SET {sets} FROM changed c WHERE s.id = c.id"
        ).format(
            table=Identifier(_table(file)), source=Literal(source_id), kept=_kept_out(file),
            old=SQL(", ").join(SQL("s.{}").format(name) for name in columns),
            new=SQL(", ").join(SQL("c.{}").format(name) for name in columns),
            sets=SQL(", ").join(SQL("{0} = c.{0}").format(name) for name in columns),
        )
    )  # fmt: skip


def _kept_out(file: FileMapping) -> sql.SQL:
    """What the platform still knows of a customer who is being erased here does not come back with the next file."""
    being_erased = (
        "(SELECT customer_id FROM customers_erasure UNION ALL SELECT c.id FROM customers_customer c"
        " JOIN customers_erasure e ON e.customer_id = c.merged_into_id)"
    )
    return SQL({
        "customers_customer": f" AND s.id NOT IN {being_erased}",
        "customers_holding": f" AND s.customer_id NOT IN {being_erased}",
        "customers_identitydocument": " AND s.status = 'received'",  # what was judged stays as it was judged
    }.get(_table(file), ""))  # fmt: skip


def _insert(file: FileMapping, checked: Checked, source_id: int, sealed: dict[str, str]) -> int:
    """Add rows that are not there; one that another import adds at this moment is left to it."""
    names = [Identifier(name) for name in dict.fromkeys([*checked.columns, *sealed])]
    execute("CREATE TEMP TABLE ingest_added (id bigint)")
    return execute(
        SQL(
            "WITH added AS (INSERT INTO {table} (source_id, {names})"
            " SELECT {source}, {values} FROM pg_temp.ingest_last c"
            " WHERE NOT EXISTS (SELECT FROM {table} s WHERE s.source_id = {source} AND s.external_id = c.external_id"
            " AND s.external_id <> '') ORDER BY c.row_no"
            " ON CONFLICT (source_id, external_id) WHERE NOT external_id = '' DO NOTHING RETURNING id)"
            " INSERT INTO pg_temp.ingest_added SELECT id FROM added"
        ).format(
            table=Identifier(_table(file)), source=Literal(source_id), names=SQL(", ").join(names),
            values=SQL(", ").join(_value(name, file) for name in dict.fromkeys([*checked.columns, *sealed])),
        )
    )  # fmt: skip


def _value(name: str, file: FileMapping) -> sql.Composed:
    fixed = file.target.fixed if file.target else {}
    cast = {"terms": "jsonb", "lines": "varchar[]"}.get(name) if name in fixed else None
    return SQL("c.{}::{}").format(Identifier(name), SQL(cast)) if cast else SQL("c.{}").format(Identifier(name))


def _table(file: FileMapping) -> str:
    assert file.target is not None
    return file.target.table


def _widen_lines(file: FileMapping) -> None:
    """A customer who got something in a line is a customer of that line; so is whoever may dispose of another's
    account.
    """
    assert file.target is not None
    if file.target.field("product"):
        owners = SQL("SELECT DISTINCT s.customer_id, s.product_id FROM {} s")
    elif file.target.name == "holders":
        owners = SQL(
            "SELECT DISTINCT s.customer_id, b.product_id FROM {} s JOIN customers_account b ON b.id = s.account_id"
        )
    else:
        return
    added = SQL(" JOIN pg_temp.ingest_added a ON a.id = s.id")
    execute(SQL("CREATE TEMP TABLE ingest_owners AS {}{}").format(owners.format(Identifier(file.target.table)), added))
    execute(statement("lines_of_customers"))


def _make_instalments(file: FileMapping) -> None:
    if file.instalments:
        execute(statement("instalments"), {"paid": file.instalments == "plan_paid_when_due"})
