"""Proofs that anybody can check with the log's public key: that an event is in the log, and that the log only grew."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from audit.models import Checkpoint, Leaf
from audit.tiles import Tiles

TEXT = "SELECT public.audit_leaf_text(e) FROM public.audit_event AS e WHERE e.id = %s AND e.at = %s"


def inclusion_of(event_id: int, *, size: int | None = None) -> dict[str, Any]:
    """Return the proof that an event stands in the log, under the newest checkpoint or the one of `size`.

    `leaf` is the text whose hash is the leaf, None where the event was exported and its month dropped; `hashes` lead
    from the leaf to the root in `checkpoint`, which is a signed note. Everything is text and numbers, fit for JSON.
    Raises ValidationError for an event that is not sealed, or not under that checkpoint.
    """
    leaf = Leaf.objects.filter(event_id=event_id).first()
    if leaf is None:
        raise ValidationError(_("This event is not sealed yet: ask again in a few seconds."))
    checkpoint = _checkpoint(size)
    if checkpoint is None or checkpoint.size <= leaf.index:
        raise ValidationError(_("There is no such checkpoint over this event: choose a later one."))
    with connection.cursor() as cursor:
        cursor.execute(TEXT, [event_id, leaf.at])
        text = cursor.fetchone()
        hashes = Tiles(cursor).tree(checkpoint.size).inclusion(leaf.index)
    return {
        "format": "meridian-inclusion-proof/1",
        "event": event_id,
        "index": leaf.index,
        "size": checkpoint.size,
        "leaf": text[0] if text else None,
        "leaf_hash": bytes(leaf.hash).hex(),
        "hashes": [hash_.hex() for hash_ in hashes],
        "checkpoint": checkpoint.note,
        "key": checkpoint.key,
    }


def consistency_between(old_size: int, new_size: int) -> dict[str, Any]:
    """Return the proof that the log of `new_size` is the log of `old_size` with entries added, both under signed notes.

    Raises ValidationError where there is no checkpoint of one of the sizes, or the first is the larger.
    """
    old, new = _checkpoint(old_size), _checkpoint(new_size)
    if old is None or new is None:
        raise ValidationError(_("There is no checkpoint of this size."))
    if old_size > new_size:
        raise ValidationError(_("The first checkpoint is the smaller one: swap them."))
    with connection.cursor() as cursor:
        hashes = Tiles(cursor).tree(new_size).consistency(old_size)
    return {
        "format": "meridian-consistency-proof/1",
        "old_size": old_size,
        "new_size": new_size,
        "hashes": [hash_.hex() for hash_ in hashes],
        "old_checkpoint": old.note,
        "new_checkpoint": new.note,
        "keys": sorted({old.key, new.key}),
    }


def _checkpoint(size: int | None) -> Checkpoint | None:
    if size is None:
        return Checkpoint.objects.newest_first().first()
    return Checkpoint.objects.filter(size=size).first()
