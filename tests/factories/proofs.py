"""A sealed log inside a test's own transaction, where the sealer itself would wait for its end."""

from django.utils import timezone

from audit.connections import sealer
from audit.models import AnchorReceipt, Checkpoint, Verification
from audit.services.sealing import _add_tiles, _sign, tip_of

LEAVES = """
INSERT INTO audit_leaf (index, event_id, at, xid, hash)
SELECT %s + row_number() OVER (ORDER BY e.id) - 1, e.id, e.at, e.xid, audit_leaf_hash(e)
  FROM audit_event AS e
 WHERE e.id > %s
RETURNING index, hash
"""
RECEIPT = """
INSERT INTO audit_anchor_receipt (size, kind, place, ok, receipt, message, at) VALUES (%s, %s, %s, %s, %s, %s, %s)
RETURNING id
"""
VERIFICATION = """
INSERT INTO audit_verification (kind, size, checked, found, findings, begun_at, at) VALUES (%s, %s, %s, %s, %s, %s, %s)
RETURNING id
"""


def sealed() -> Checkpoint:
    """Seal every event that is not sealed yet, and return the checkpoint over them."""
    with sealer() as cursor:
        tip = tip_of(cursor)
        cursor.execute(LEAVES, [tip.size, tip.event])
        leaves = sorted((index, bytes(hash_)) for index, hash_ in cursor.fetchall())
        size = tip.size + len(leaves)
        _add_tiles(cursor, tip.size, [hash_ for _index, hash_ in leaves])
        _sign(cursor, tip.size, size, timezone.now())
    return Checkpoint.objects.get(size=size)


def anchored(checkpoint: Checkpoint, kind: str = "directory", *, ok: bool = True, message: str = "") -> AnchorReceipt:
    """Return a receipt for a checkpoint that was left at a place of this kind."""
    with sealer() as cursor:
        cursor.execute(
            RECEIPT, [checkpoint.size, kind, f"the {kind}", ok, b"receipt \x00\xff", message, timezone.now()]
        )
        (pk,) = cursor.fetchone()
    return AnchorReceipt.objects.get(pk=pk)


def verified(kind: str = "full", findings: str = "[]", *, found: int = 0, at=None) -> Verification:
    """Return a verification that found this."""
    at = at or timezone.now()
    with sealer() as cursor:
        cursor.execute(VERIFICATION, [kind, 10, 10, found, findings, at, at])
        (pk,) = cursor.fetchone()
    return Verification.objects.get(pk=pk)
