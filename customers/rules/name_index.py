"""Thousands of names, asked in a few milliseconds which of them may be one: an inverted index over words.

A name is found by the words that it shares with the one asked for: as they are, with one letter missing, exchanged or too
much (by the words that are left when a letter is taken away), by their consonants, and by initials.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from customers.rules.names import Likeness, Name, compare, consonants, read_name

K = TypeVar("K", bound=Hashable)
MOST_COMPARED = 200  # names of one question that are compared word by word: the rarest words first
SHORTEST_TYPO = 4
Postings = dict[str, NDArray[np.int32]]


def keys_of(word: str) -> Iterator[str]:
    """Return under what a word is kept and looked for. Keys of different kinds never meet: each kind has its sign."""
    yield word
    yield f"^{word[0]}" if len(word) == 1 else f"~{word[0]}"
    if len(word) >= SHORTEST_TYPO:
        yield f"-{word}"
        for place in range(len(word)):
            yield f"-{word[:place]}{word[place + 1 :]}"
    sound = consonants(word)
    if len(sound) >= 2:
        yield f"*{sound}"


def asked_keys(word: str) -> Iterator[str]:
    """Return under what names with such a word may be kept: an initial asks for words, a word for its initial."""
    for key in keys_of(word):
        if key.startswith("^"):
            yield f"~{key[1:]}"
        elif key.startswith("~"):
            yield f"^{key[1:]}"
        else:
            yield key


class NameIndex(Generic[K]):
    """Names by key; several names may have one key (aliases). Built once, never changed, asked by many threads."""

    def __init__(self, names: Iterable[tuple[K, str]]) -> None:
        self.keys: list[K] = []
        self.names: list[Name] = []
        by_key: dict[str, set[int]] = defaultdict(set)
        for key, text in names:
            name = read_name(text)
            if name.forms:
                self._add(key, name, by_key)
        self.postings: Postings = {key: np.fromiter(sorted(found), np.int32) for key, found in by_key.items()}
        self.sizes = np.array([max(len(form) for form in name.forms) for name in self.names] or [0], np.int16)

    def _add(self, key: K, name: Name, by_key: dict[str, set[int]]) -> None:
        place = len(self.names)
        self.keys.append(key)
        self.names.append(name)
        for form in name.forms:
            for word in form:
                for one in keys_of(word):
                    by_key[one].add(place)

    def __len__(self) -> int:
        return len(self.names)

    def find(self, text: str, *, least: float) -> list[tuple[K, Likeness]]:
        """Return the keys whose name is at least so alike, the best name of each, the best key first."""
        name = read_name(text)
        best: dict[K, Likeness] = {}
        for place in self._candidates(name):
            found = compare(name, self.names[place])
            known = best.get(self.keys[place])
            if found.score >= least and (known is None or found.score > known.score):
                best[self.keys[place]] = Likeness(found.score, found.pairs, self.names[place].written)
        return sorted(best.items(), key=lambda item: -item[1].score)

    def _candidates(self, name: Name) -> list[int]:
        """Places of names that share two words with `name`, or its only one; those with the rarest words first."""
        if not self.names or not name.forms:
            return []
        worth = np.zeros(len(self.names), np.float32)
        for form in name.forms:
            shared = np.zeros(len(self.names), np.int16)
            value = np.zeros(len(self.names), np.float32)
            for word in dict.fromkeys(form):
                found = self._with_word(word)
                if len(found):
                    shared[found] += 1
                    value[found] += 1.0 + 1.0 / len(found)
            enough = shared >= np.minimum(2, np.minimum(len(set(form)), self.sizes))
            worth = np.maximum(worth, np.where(enough, value, 0))
        (places,) = np.nonzero(worth)
        if len(places) > MOST_COMPARED:
            places = places[np.argpartition(-worth[places], MOST_COMPARED)[:MOST_COMPARED]]
        return [int(place) for place in places]

    def _with_word(self, word: str) -> NDArray[np.int32]:
        found: Sequence[NDArray[np.int32]] = [self.postings[key] for key in asked_keys(word) if key in self.postings]
        if not found:
            return np.empty(0, np.int32)
        return found[0] if len(found) == 1 else np.unique(np.concatenate(found))
