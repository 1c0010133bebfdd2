"""Statements that need proof: superlatives and percentages. Both are refused without an approved claim: a figure of return
or price is what people rely on most, and the law forbids superlatives that nobody can prove."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

SUPERLATIVES = re.compile(
    r"\b(?:best|highest|lowest|cheapest|safest|fastest|largest|biggest|leading|unbeatable|number one|no\.? ?1|world[- ]class)\b(?! regards| wishes)"
    r"|最[佳好高低大快优優安便全多](?!于|於|近|后|後|晚|迟|遲)|第一(?!次|时间|時間|步|个月|個月|季|条|條)|唯一|首[个個家创創]|独家|獨家|顶级|頂級|领先|領先",
    re.I,
)
PERCENTAGES = re.compile(
    r"\d+(?:[.,]\d+)?\s*[%％‰]|百分之[一二三四五六七八九十百零〇两兩点點\d.]+|\d+(?:\.\d+)?\s*per ?cent\b", re.I
)


@dataclass(frozen=True)
class Statement:
    kind: str  # "superlative" or "percentage"
    words: str
    first: int


def statements(text: str) -> Iterator[Statement]:
    for kind, pattern in (("superlative", SUPERLATIVES), ("percentage", PERCENTAGES)):
        for found in pattern.finditer(text):
            yield Statement(kind, found.group(), found.start())
