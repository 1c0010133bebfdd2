import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection


def emit(
    kind: str,
    *,
    table: str = "",
    pk: str | int = "",
    action: str = "",
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
    personal: Mapping[str, str] | None = None,
) -> int:
    """Record what no trigger sees (read, export, signin, signout, denied, batch) and return the event's id.

    `detail` is kept as it is, so it holds nothing personal; texts in `personal` are kept as salted hashes, the plain
    text apart and erasable. `action` and `reason` default to those of `name_act`. The event is part of the running
    transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_emit(%s, %s, %s, %s, %s, %s, %s)",
            [kind, table, str(pk), action, reason, _as_text(detail), _as_text(personal)],
        )
        return cursor.fetchone()[0]


def record_batch(
    table: str,
    rows: int,
    digest: str,
    *,
    pk: str | int = "",
    action: str = "",
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Record that `rows` rows went into an append-only `table`; `digest` is the hex SHA-256 over them. Return the
    event's id.

    `pk` names the batch (an import's id, say). Call it in the transaction that adds the rows.
    """
    return emit(
        "batch",
        table=table,
        pk=pk,
        action=action,
        reason=reason,
        detail={"rows": rows, "digest": digest, **(detail or {})},
    )


def _as_text(mapping: Mapping[str, Any] | None) -> str:
    return json.dumps(mapping or {}, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
