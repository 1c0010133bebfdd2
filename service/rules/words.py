"""Words of what people wrote, for counting: Latin words as they are, Chinese text in pairs of characters."""

import re
from collections.abc import Iterator

LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
MASKED = re.compile(r"x{2,}")
SHORTEST = 3
# Words that say nothing of what a complaint is about; whatever else is in most complaints is left out by its frequency.
EMPTY = frozenset(
    """
    about after again all also and any are been before being but can cannot could did didn does doesn don for from get
    got had has have having her here him his how i'm i've into its it's just like made make many me more most much my
    never not now off one only other our out over own said same say she should since some still such than that the their
    them then there these they this those through time told too two under until very was wasn were what when where which
    while who why will with without would you your
    我们 他们 你们 这个 那个 一个 没有 可以 就是 但是 因为 所以 如果 已经 还是 什么 怎么 现在 时候
    """.split()  # noqa: SIM905 a paragraph reads better than a hundred quotes
)


def words_of(text: str) -> Iterator[str]:
    """Give the words of a text, the Latin ones first, without empty ones and without what was masked."""
    lowered = text.lower()
    for word in LATIN.findall(lowered):
        if len(word) >= SHORTEST and word not in EMPTY and not MASKED.fullmatch(word):
            yield word
    for run in HAN.findall(lowered):
        for pair in (run[n : n + 2] for n in range(max(1, len(run) - 1))):
            if len(pair) == 2 and pair not in EMPTY:
                yield pair
