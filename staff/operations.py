"""Migration operations for four eyes: which columns only an approved change request writes, and who approves what."""

import json
from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations.base import Operation


class GuardedColumns(Operation):
    """Refuse writes to `columns` of a table unless the running transaction carries out an approved request of one of
    `command` for exactly this row and these values.

    `on` says which writes: update (of these columns), insert, delete. `key` names the column that says which record it
    is; `own` the column with a person's id, where people may write what is their own.
    """

    reversible = True

    def __init__(
        self,
        table: str,
        columns: Sequence[str],
        command: str | Sequence[str],
        on: Sequence[str] = ("update",),
        key: str = "id",
        own: str = "",
    ):
        self.table, self.columns, self.on, self.key, self.own = table, list(columns), list(on), key, own
        self.command = [command] if isinstance(command, str) else list(command)

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.execute(
            "SELECT public.staff_attach_guard(%s::regclass, %s, %s, %s, %s, %s)",
            [self.quoted, ",".join(self.on), ",".join(self.command), ",".join(self.columns), self.key, self.own],
        )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.execute("SELECT public.staff_detach_guard(%s::regclass, %s)", [self.quoted, ",".join(self.on)])

    @property
    def quoted(self) -> str:
        return f'public."{self.table}"'

    def describe(self):
        return f"Let only approved requests write {', '.join(self.columns)} of {self.table}"

    @property
    def migration_name_fragment(self):
        return f"guard_{self.table}"


class SeedPolicy(Operation):
    """Say who must agree to a command from the beginning. Later changes are made on the page, under four eyes.

    A command without a policy cannot be proposed. Running it again changes nothing.
    """

    reversible = True
    reduces_to_sql = False

    def __init__(self, command: str, check_permission: str, **terms: Any):
        self.command, self.check_permission, self.terms = command, check_permission, terms

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        row = {"approvals": 1, "bands": [], "expiry_hours": 72, "remind_after_hours": 8, "escalate_after_hours": 24,
               "escalate_to": "compliance", "break_glass": False, **self.terms}  # fmt: skip
        row |= {"command": self.command, "check_permission": self.check_permission, "bands": json.dumps(row["bands"])}
        names = ", ".join(row)
        schema_editor.execute("SELECT set_config('meridian.unguarded', %s, true)", ["migration"])
        schema_editor.execute(
            f"INSERT INTO public.staff_changepolicy (starts_at, {names})"
            f" VALUES ('2020-01-01 00:00+00', {', '.join(['%s'] * len(row))}) ON CONFLICT DO NOTHING",
            [*row.values()],
        )
        schema_editor.execute("SELECT set_config('meridian.unguarded', '', true)")

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """What was once in force stays: requests refer to it."""

    def describe(self):
        return f"Say who approves {self.command}"

    @property
    def migration_name_fragment(self):
        return f"policy_{self.command.replace('.', '_')}"
