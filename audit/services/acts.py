from django.db import connection


def name_act(action: str, reason: str = "", *, approval_id: int | None = None) -> None:
    """Name what this transaction does, and why; every audit event it causes from here on carries both.

    `action` is room.noun.past_participle, such as `risk.alert.closed`. Raises RuntimeError outside a transaction,
    where the name would be lost before the first write. Without `approval_id` the transaction keeps the one it has: an
    approved request is carried out by services that name their own acts.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"name_act({action!r}) needs a transaction: call it inside transaction.atomic.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('audit.action', %s, true), set_config('audit.reason', %s, true),"
            " set_config('audit.approval', coalesce(%s, current_setting('audit.approval', true), ''), true)",
            [action, reason, None if approval_id is None else str(approval_id)],
        )


def end_approval() -> None:
    """Let what this transaction still does no longer happen under an approval."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('audit.approval', '', true)")
