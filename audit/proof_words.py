"""Proofs, checked again as they are shown, and what they say in plain words."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from audit.models import AnchorReceipt, Checkpoint, Leaf
from audit.rules.checkpoints import Checkpoint as Signed
from audit.rules.checkpoints import opened_checkpoint
from audit.rules.merkle import verify_consistency, verify_inclusion
from audit.rules.notes import read_verifier_key
from audit.services.proofs import consistency_between, inclusion_of
from pages.formats import number


@dataclass(frozen=True)
class Inclusion:
    """A proof that an event stands in the log, whether it holds now, and who outside holds its checkpoint."""

    proof: dict[str, Any]
    checkpoint: Checkpoint
    holds: bool
    is_here: bool
    anchors: list[AnchorReceipt]


@dataclass(frozen=True)
class Consistency:
    """A proof that the later checkpoint continues the earlier one, and whether it holds now."""

    proof: dict[str, Any]
    old: Checkpoint
    new: Checkpoint
    holds: bool


def inclusion_shown(event_id: int) -> Inclusion:
    """Return the proof of an event under the earliest checkpoint over it that somebody outside holds, else the newest.

    Raises ValidationError for an event that is not sealed yet.
    """
    proof = inclusion_of(event_id, size=_anchored_size(event_id))
    checkpoint = Checkpoint.objects.get(size=proof["size"])
    anchors = list(AnchorReceipt.objects.left().filter(checkpoint=checkpoint).order_by("kind", "id"))
    return Inclusion(proof, checkpoint, inclusion_holds(proof), proof["leaf"] is not None, anchors)


def _anchored_size(event_id: int) -> int | None:
    index = Leaf.objects.filter(event_id=event_id).values_list("index", flat=True).first()
    if index is None:
        return None
    return AnchorReceipt.objects.left().over(index).values_list("checkpoint_id", flat=True).first()


def consistency_shown(old_size: int, new_size: int) -> Consistency:
    """Return the proof between two checkpoints: those of these sizes, else the last that were signed before them.

    Raises ValidationError where there is none, or they are swapped.
    """
    old, new = _checkpoint_at(old_size), _checkpoint_at(new_size)
    proof = consistency_between(old.size, new.size)
    return Consistency(proof, old, new, consistency_holds(proof))


def _checkpoint_at(size: int) -> Checkpoint:
    found = Checkpoint.objects.at_most(size).first()
    if found is None:
        raise ValidationError(_("No checkpoint was signed before entry %(n)s.") % {"n": number(size)})
    return found


def inclusion_holds(proof: dict[str, Any]) -> bool:
    """Return whether the event's text, as it stands now, leads to the root that was signed."""
    signed = _signed(proof["checkpoint"], [proof["key"]])
    leaf = bytes.fromhex(proof["leaf_hash"])
    is_unchanged = proof["leaf"] is None or sha256(b"\0" + proof["leaf"].encode()).digest() == leaf
    path = [bytes.fromhex(hash_) for hash_ in proof["hashes"]]
    return bool(signed) and is_unchanged and verify_inclusion(
        leaf_hash=leaf, index=proof["index"], size=signed.size, proof=path, root=signed.root
    )  # fmt: skip


def consistency_holds(proof: dict[str, Any]) -> bool:
    """Return whether the log under the later root begins with the log under the earlier one."""
    old, new = (_signed(proof[name], proof["keys"]) for name in ("old_checkpoint", "new_checkpoint"))
    if old is None or new is None:
        return False
    path = [bytes.fromhex(hash_) for hash_ in proof["hashes"]]
    return verify_consistency(old_size=old.size, new_size=new.size, old_root=old.root, new_root=new.root, proof=path)


def _signed(note: str, keys: list[str]) -> Signed | None:
    try:
        return opened_checkpoint(note, [read_verifier_key(key) for key in keys])
    except ValueError:
        return None
