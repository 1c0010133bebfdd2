"""How alike two titles are, for whoever looks for what stands already: by words, and by pairs of characters where a
script writes no spaces."""

import re
from collections.abc import Mapping

WORD = re.compile(r"[^\W_]+")
SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
# Words that stand in titles of any risk: two titles that share nothing else are not alike.
EMPTY = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "for", "from", "in", "into", "is", "it", "its", "no", "not",
    "of", "on", "or", "our", "that", "the", "to", "too", "was", "with",
})  # fmt: skip
LEAST = 0.2  # below it, two titles share a word by chance


def terms(text: str) -> frozenset[str]:
    """Return the words of a title in lower case, without those that say nothing; of Chinese and Japanese, each pair of
    neighbouring characters."""
    lowered = text.lower()
    runs = SPACELESS.findall(lowered)
    pairs = {run[place : place + 2] for run in runs for place in range(max(len(run) - 1, 1))}
    words = {_stem(word) for word in WORD.findall(SPACELESS.sub(" ", lowered)) if word not in EMPTY}
    return frozenset(pairs | words)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of terms that two titles have in common, 0 to 1 (Jaccard's index); 0 where one says nothing."""
    return len(one & other) / len(one | other) if one and other else 0.0


def most_alike(title: str, others: Mapping[int, str], *, most: int) -> list[int]:
    """Return the keys of the titles most like `title`, the most alike first; none below LEAST."""
    said = terms(title)
    found = [(likeness(said, terms(other)), key) for key, other in others.items()]
    return [key for share, key in sorted(found, key=lambda pair: (-pair[0], pair[1])) if share >= LEAST][:most]


def _stem(word: str) -> str:
    """Payouts and payout are one word."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
