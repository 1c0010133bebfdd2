"""Merkle trees over a log: one hash for all its entries, and short proofs of what it holds and that it only grew.

RFC 6962 section 2.1 and RFC 9162 section 2.1, SHA-256. A leaf is hashed behind a nought byte and a node behind a one,
so that neither passes for the other; the empty tree is the hash of nothing. Standard library alone: the stand-alone
verifier imports this module.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of one entry's bytes."""
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees."""
    return sha256(b"\1" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root hash of a tree over the entries, in their order."""
    return root_of_hashes([leaf_hash(leaf) for leaf in leaves])


def root_of_hashes(hashes: Sequence[bytes]) -> bytes:
    """Return the root hash over entries whose leaf hashes are known."""
    level = list(hashes)
    while len(level) > 1:
        # An odd last node goes up as it is: this is where the RFC's left-full trees come out of plain pairing.
        paired = [node_hash(level[k], level[k + 1]) for k in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) & ~1 :]
    return level[0] if level else EMPTY_ROOT


def inclusion_proof(leaves: Iterable[bytes], index: int) -> list[bytes]:
    """Return the hashes that lead from entry `index` to the root, lowest first; ValueError where there is no
    such entry."""
    level = [leaf_hash(leaf) for leaf in leaves]
    if not _is_whole(index) or not 0 <= index < len(level):
        raise ValueError(
            f"There is no entry {index!r} in a tree of {len(level)}: the first is 0, the last {len(level) - 1}."
        )
    proof = []
    while len(level) > 1:
        if index ^ 1 < len(level):
            proof.append(level[index ^ 1])
        level = [root_of_hashes(level[k : k + 2]) for k in range(0, len(level), 2)]
        index >>= 1
    return proof


def consistency_proof(leaves: Iterable[bytes], old_size: int) -> list[bytes]:
    """Return the hashes which show that the tree over the first `old_size` entries grew into the tree over all.

    Nothing is needed where the tree did not grow, and nothing can be shown of the empty tree. ValueError where the old
    tree is larger than the new.
    """
    hashes = [leaf_hash(leaf) for leaf in leaves]
    if not _is_whole(old_size) or not 0 <= old_size <= len(hashes):
        raise ValueError(f"A tree of {len(hashes)} entries cannot have grown from one of {old_size!r}.")
    return _subproof(old_size, hashes, whole=True) if old_size else []


def _subproof(old_size: int, hashes: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D, b) of RFC 9162 section 2.1.4.1."""
    if old_size == len(hashes):
        return [] if whole else [root_of_hashes(hashes)]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    if old_size <= split:
        return [*_subproof(old_size, hashes[:split], whole=whole), root_of_hashes(hashes[split:])]
    return [*_subproof(old_size - split, hashes[split:], whole=False), root_of_hashes(hashes[:split])]


def verify_inclusion(*, leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether `proof` shows that the entry with `leaf_hash` stands at `index` in a tree of `size` (RFC 9162,
    2.1.3.2).

    Anything malformed is False, never an exception: a proof comes from somebody else.

    """
    if not (_is_whole(index) and _is_whole(size) and 0 <= index < size and _are_hashes([leaf_hash, *proof])):
        return False
    position, last, computed = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            computed = node_hash(sibling, computed)
            position, last = _to_left_child(position, last)
        else:
            computed = node_hash(computed, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and computed == root


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Return whether `proof` shows that the old tree is the beginning of the new (RFC 9162, section 2.1.4.2).

    Trees of one size are consistent when their roots are equal and the proof is empty. The empty tree is the beginning
    of every tree, so that a proof from it shows nothing and is refused. Anything malformed is False, never an
    exception.
    """
    if not (_is_whole(old_size) and _is_whole(new_size) and 0 <= old_size <= new_size):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0 or not proof or not _are_hashes([old_root, new_root, *proof]):
        return False
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    position, last = _to_left_subtree(old_size - 1, new_size - 1)
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            position, last = _to_left_child(position, last)
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _to_left_child(position: int, last: int) -> tuple[int, int]:
    """Climb past the levels on which this node has no sibling, to where it is a right child (or the root)."""
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _to_left_subtree(position: int, last: int) -> tuple[int, int]:
    """Climb to the largest full subtree that ends the old tree."""
    while position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _is_whole(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)


def _are_hashes(values: Iterable[object]) -> bool:
    return all(isinstance(value, bytes) and len(value) == HASH_SIZE for value in values)
