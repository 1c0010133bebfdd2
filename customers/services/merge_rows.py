"""Rows that change hands when customers become one, and go back: one statement a column, whatever the room."""

from __future__ import annotations

from typing import Any

from django.db import connection
from psycopg import sql

from customers.merging import Part, moving
from customers.models import Customer, Merge

SQL, Identifier = sql.SQL, sql.Identifier
# A unique index over a column that names a customer: its other columns, and for which rows it holds.
UNIQUE = """
SELECT array_agg(a.attname::text) FILTER (WHERE a.attname <> %(column)s), pg_get_expr(i.indpred, i.indrelid),
       i.indnullsnotdistinct
FROM pg_index i
CROSS JOIN LATERAL unnest(i.indkey::int[]) AS k (attnum)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indrelid = %(table)s::regclass AND i.indisunique
GROUP BY i.indexrelid, i.indpred, i.indrelid, i.indnullsnotdistinct
HAVING bool_or(a.attname = %(column)s)
"""
NOTE = """
INSERT INTO customers_mergemove (merge_id, "table", "column", key, was)
SELECT %(merge)s, {name}, {column_name}, t.{key}, jsonb_build_object({was})
FROM {table} AS t
WHERE t.{column} = %(absorbed)s {apart} {clashes}
ORDER BY t.{key}
FOR UPDATE OF t
"""
GIVE = """
UPDATE {table} AS t SET {sets}
FROM customers_mergemove AS m
WHERE m.merge_id = %(merge)s AND m."table" = {name} AND m."column" = {column_name} AND m.key = t.{key} AND t.{column} = %(absorbed)s
"""
RETURN = """
UPDATE {table} AS t SET {sets}
FROM customers_mergemove AS m
WHERE m.merge_id = %(merge)s AND m."table" = {name} AND m."column" = {column_name} AND m.key = t.{key} AND t.{column} = %(survivor)s
"""
LATER = """
FROM {table} AS t
WHERE t.{column} = %(survivor)s AND t.{key} > %(top)s
  AND NOT EXISTS (SELECT FROM customers_mergemove m WHERE m.merge_id = %(merge)s AND m."table" = {name} AND m."column" = {column_name} AND m.key = t.{key})
"""


def move_rows(merge: Merge, survivor: Customer) -> dict[str, int]:
    """Give every row of the customer that goes to the one that stays, keep what each held, and return how many by table."""
    moved: dict[str, int] = {}
    numbers = {"merge": merge.pk, "survivor": merge.survivor_id, "absorbed": merge.absorbed_id}
    for part in moving():
        _run(NOTE, part, numbers, was=_was(part), clashes=_clashes(part), apart=_apart(part))
        count = _run(GIVE, part, {**numbers, **_copied(part, survivor)}, sets=_sets(part))
        moved[part.table] = moved.get(part.table, 0) + count
    return moved


def return_rows(merge: Merge) -> dict[str, int]:
    """Bring back what a merge moved, as far as it still stands with the customer that stayed; return how many by table."""
    returned: dict[str, int] = {}
    for part in moving():
        count = _run(RETURN, part, {"merge": merge.pk, "survivor": merge.survivor_id}, sets=_restored(part))
        returned[part.table] = returned.get(part.table, 0) + count
    return returned


def tops() -> dict[str, int]:
    """The highest key of each table now: what is above came after the merge."""
    found = {}
    for part in moving():
        with connection.cursor() as cursor:
            cursor.execute(_composed("SELECT coalesce(max({key}), 0) FROM {table}", part))
            found[part.table] = cursor.fetchone()[0]
    return found


def later_rows(merge: Merge) -> list[tuple[Part, int]]:
    """Parts of which the customer that stayed got rows since the merge, and how many."""
    found = []
    for part in moving():
        if part.table in merge.tops:
            with connection.cursor() as cursor:
                cursor.execute(_composed(f"SELECT count(*) {LATER}", part), _later(merge, part))
                count = cursor.fetchone()[0]
            if count:
                found.append((part, count))
    return found


def give_later(merge: Merge, part: Part, absorbed: Customer) -> int:
    """Give rows that came after the merge to the customer that had gone."""
    copied = {**_copied(part, absorbed), **_later(merge, part), "absorbed": merge.absorbed_id}
    rows = f"(SELECT t.{{key}} {LATER})"
    sets = SQL(", ").join(
        SQL("{} = {}").format(Identifier(name), sql.Placeholder(holder))
        for name, holder in [(part.db_column, "absorbed"), *((name, f"copy_{name}") for name in part.copies)]
    )
    return _run(f"UPDATE {{table}} AS u SET {{sets}} WHERE u.{{key}} IN {rows}", part, copied, sets=sets)


def _later(merge: Merge, part: Part) -> dict[str, Any]:
    return {"merge": merge.pk, "survivor": merge.survivor_id, "top": merge.tops.get(part.table, 0)}


def _run(text: str, part: Part, parameters: dict[str, Any], **places: sql.Composable) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_composed(text, part, **places), parameters)
        return cursor.rowcount


def _composed(text: str, part: Part, **places: sql.Composable) -> sql.Composed:
    return SQL(text).format(
        table=Identifier(part.table), column=Identifier(part.db_column), key=Identifier(part.key),
        name=sql.Literal(part.table), column_name=sql.Literal(part.db_column), **places,
    )  # fmt: skip


def _kept(part: Part) -> list[str]:
    """Columns that moving a row changes."""
    return [part.db_column, *part.copies, *([part.column_of(part.keeps)] if part.keeps else [])]


def _was(part: Part) -> sql.Composed:
    return SQL(", ").join(SQL("{}, t.{}").format(sql.Literal(name), Identifier(name)) for name in _kept(part))


def _sets(part: Part) -> sql.Composed:
    sets = [SQL("{} = %(survivor)s").format(Identifier(part.db_column))]
    sets += [SQL("{} = {}").format(Identifier(name), sql.Placeholder(f"copy_{name}")) for name in part.copies]
    if part.keeps:
        kept = Identifier(part.column_of(part.keeps))
        sets.append(SQL("{0} = coalesce(t.{0}, t.{1})").format(kept, Identifier(part.db_column)))
    return SQL(", ").join(sets)


def _restored(part: Part) -> sql.Composed:
    """Columns back to what they were; a record is read as the table's own types."""
    return SQL(", ").join(
        SQL("{0} = (jsonb_populate_record(NULL::{1}, m.was)).{0}").format(Identifier(name), Identifier(part.table))
        for name in _kept(part)
    )


def _copied(part: Part, customer: Customer) -> dict[str, Any]:
    return {f"copy_{name}": getattr(customer, field) for name, field in part.copies.items()}


def _apart(part: Part) -> sql.Composable:
    if not part.apart_from:
        return SQL("")
    return SQL("AND t.{} <> %(survivor)s").format(Identifier(part.column_of(part.apart_from)))


def _clashes(part: Part) -> sql.Composable:
    """A row that a unique index would not let stand beside one of the other customer's stays where it is."""
    with connection.cursor() as cursor:
        cursor.execute(UNIQUE, {"table": part.table, "column": part.db_column})
        indexes = cursor.fetchall()
    return SQL(" ").join(_clash(part, others or [], predicate, nulls) for others, predicate, nulls in indexes)


def _clash(part: Part, others: list[str], predicate: str | None, nulls_are_one: bool) -> sql.Composed:
    # The predicate is the database's own text of its index.
    holds = SQL(predicate or "true")
    same = SQL(" AND ").join(
        [
            SQL("true"),
            *(
                SQL("o.{0} IS NOT DISTINCT FROM t.{0}" if nulls_are_one else "o.{0} = t.{0}").format(Identifier(name))
                for name in others
            ),
        ]
    )
    return SQL(
        "AND NOT EXISTS (SELECT FROM (SELECT * FROM {table} WHERE {holds}) AS o, (SELECT * FROM {table} WHERE {holds}) AS own"
        " WHERE own.{key} = t.{key} AND o.{column} = %(survivor)s AND {same})"
    ).format(
        table=Identifier(part.table),
        holds=holds,
        key=Identifier(part.key),
        column=Identifier(part.db_column),
        same=same,
    )
