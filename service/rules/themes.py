"""Themes among texts: words weighed by how telling they are (tf-idf), texts put together with whatever is nearest.

Sources: G. Salton and C. Buckley, Term-weighting approaches in automatic text retrieval (1988); I. Dhillon and D. Modha,
Concept decompositions for large sparse text data using clustering (2001), whose spherical k-means this is. The first
middles are the texts farthest from one another, so that the same texts always give the same themes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.rules.words import words_of

MOST_WORDS = 1_500
RARE, COMMON = 3, 0.6  # a word is in three texts at least and in three fifths at most
ROUNDS = 40
TELLING = 8  # words that name a theme


@dataclass(frozen=True)
class Theme:
    """Its words, the most telling first; its texts by their place, the nearest first, each with its nearness (0 to 1)."""

    words: list[str]
    members: list[tuple[int, float]]


def themes_of(texts: Sequence[str], *, most: int = 12, least_texts: int = 5) -> list[Theme]:
    """Return the themes of `texts`, the largest first. Texts without a telling word are in none."""
    counts = [Counter(words_of(text)) for text in texts]
    vocabulary = _vocabulary(counts)
    if len(vocabulary) < 2:
        return []
    weights = _weights(counts, vocabulary)
    told = np.flatnonzero(weights.any(axis=1))
    k = max(1, min(most, len(told) // least_texts))
    middles, place = _nearest(weights[told], k)
    found = [
        _theme(weights[told], told, middles[n], np.flatnonzero(place == n), vocabulary) for n in range(len(middles))
    ]
    kept = [theme for theme in found if len(theme.members) >= min(least_texts, len(told))]
    return sorted(kept, key=lambda theme: (-len(theme.members), theme.words))


def _vocabulary(counts: list[Counter[str]]) -> list[str]:
    texts = Counter(word for count in counts for word in count)
    limit = max(RARE, COMMON * len(counts))
    telling = [(n, word) for word, n in texts.items() if RARE <= n <= limit]
    return sorted(word for _n, word in sorted(telling, key=lambda one: (-one[0], one[1]))[:MOST_WORDS])


def _weights(counts: list[Counter[str]], vocabulary: list[str]) -> np.ndarray:
    place = {word: n for n, word in enumerate(vocabulary)}
    weights = np.zeros((len(counts), len(vocabulary)), dtype=np.float32)
    for row, count in enumerate(counts):
        for word, n in count.items():
            if word in place:
                weights[row, place[word]] = 1 + np.log(n)
    inside = np.count_nonzero(weights, axis=0)
    weights *= np.log((1 + len(counts)) / (1 + inside)) + 1
    return _unit(weights)


def _unit(rows: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)


def _nearest(weights: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Move `k` middles until no text changes its middle."""
    middles = weights[_far_apart(weights, k)].copy()
    place = np.full(len(weights), -1)
    for _round in range(ROUNDS):
        now = np.argmax(weights @ middles.T, axis=1)
        if np.array_equal(now, place):
            break
        place = now
        for n in range(len(middles)):
            if np.any(place == n):
                middles[n] = weights[place == n].sum(axis=0)
        middles = _unit(middles)
    return middles, place


def _far_apart(weights: np.ndarray, k: int) -> list[int]:
    """The text nearest to all, then each time the one least like those chosen."""
    chosen = [int(np.argmax(weights @ weights.sum(axis=0)))]
    near = weights @ weights[chosen[0]]
    while len(chosen) < k:
        chosen.append(int(np.argmin(near)))
        near = np.maximum(near, weights @ weights[chosen[-1]])
    return chosen


def _theme(weights: np.ndarray, told: np.ndarray, middle: np.ndarray, rows: np.ndarray, vocabulary: list[str]) -> Theme:
    telling = [vocabulary[n] for n in np.argsort(-middle, kind="stable")[:TELLING] if middle[n] > 0]
    near = weights[rows] @ middle
    order = np.argsort(-near, kind="stable")
    return Theme(telling, [(int(told[rows[n]]), float(near[n])) for n in order])
