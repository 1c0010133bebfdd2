"""Samples that anybody can draw again: the same list, size and seed give the same items, on any machine."""

import hashlib
from collections.abc import Collection, Iterable


def sample(keys: Iterable[str], size: int, seed: str) -> list[str]:
    """Return `size` of `keys`, each as likely as another, in the order drawn; all of them where there are no more.

    Keys are ordered by SHA-256 over seed and key: the order they come in, and how the list is stored, make no
    difference. A size below one and an empty seed raise ValueError.
    """
    if size < 1:
        raise ValueError(f"a sample of {size} items is none: ask for one at least")
    if not seed.strip():
        raise ValueError("a sample without a seed cannot be drawn again: choose a word or a number")
    return sorted(set(keys), key=lambda key: (_place(seed, key), key))[:size]


def population_hash(keys: Collection[str]) -> str:
    """Return SHA-256 over what was sampled from, whatever order it came in."""
    return hashlib.sha256("\n".join(sorted(set(keys))).encode()).hexdigest()


def _place(seed: str, key: str) -> bytes:
    return hashlib.sha256(f"{seed}\0{key}".encode()).digest()
