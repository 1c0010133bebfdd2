"""Migration operations that put a table under the log. Every table of every room is under one of them, or has an entry
with its reason in `audit/treatments.py`; a test fails otherwise."""

from collections.abc import Sequence

from django.db.migrations.operations.base import Operation


class TableOperation(Operation):
    """An operation on a table by its database name. It changes triggers only, so the state of models stays."""

    reversible = True

    def __init__(self, table: str):
        self.table = table

    def state_forwards(self, app_label, state):
        pass

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.execute("SELECT audit_detach(%s::regclass)", [self.quoted])

    @property
    def quoted(self) -> str:
        return f'public."{self.table}"'


class AuditTable(TableOperation):
    """Attach the row and truncation triggers: from here on every change of the table is an event.

    `personal` columns appear in events as salted hashes, `withheld` ones (password hashes, tokens) not at all, and a
    change of nothing but `ignored` ones (counters of a machine) is no event. `key` names the column that says which
    record it is. Unknown columns and partitioned tables are refused with a sentence.
    """

    def __init__(
        self,
        table: str,
        personal: Sequence[str] = (),
        withheld: Sequence[str] = (),
        key: str = "id",
        ignored: Sequence[str] = (),
    ):
        super().__init__(table)
        self.personal, self.withheld, self.key, self.ignored = list(personal), list(withheld), key, list(ignored)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        lists = [",".join(columns) for columns in (self.personal, self.withheld, self.ignored)]
        schema_editor.execute("SELECT audit_attach(%s::regclass, %s, %s, %s, %s)", [self.quoted, self.key, *lists])

    def describe(self):
        return f"Record every change of {self.table}"

    @property
    def migration_name_fragment(self):
        return f"audit_{self.table}"


class AppendOnlyTable(TableOperation):
    """Refuse UPDATE, DELETE and TRUNCATE, on the table and on its partitions, those made later by `ensure_months`
    included.

    For tables of great volume, whose writers record one event a batch with `audit.services.record_batch`.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.execute("SELECT audit_append_only(%s::regclass)", [self.quoted])

    def describe(self):
        return f"Refuse changes of what stands in {self.table}"

    @property
    def migration_name_fragment(self):
        return f"append_only_{self.table}"


class PartitionByMonth(TableOperation):
    """Make the partitions of this month and the next three for a table that the same migration created with
    `PARTITION BY RANGE (column)`; other months come from `audit.partitions.ensure_months`."""

    def __init__(self, table: str, column: str):
        super().__init__(table)
        self.column = column

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.execute(
            """
            SELECT audit_ensure_month(%s::regclass, (date_trunc('month', now()) + make_interval(months => ahead))::date)
              FROM generate_series(0, 3) AS ahead
            """,
            [self.quoted],
        )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """The partitions go with their table."""

    def describe(self):
        return f"Keep {self.table} in months of {self.column}"

    @property
    def migration_name_fragment(self):
        return f"months_{self.table}"
