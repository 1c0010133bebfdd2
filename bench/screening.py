"""How quick screening is: one customer against a list of 20,000 names, one entry against 20,000 customers, and how many of
those are found who are written otherwise."""

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from customers.rules.han import syllables
from customers.rules.name_index import NameIndex

NAMES = 20_000
ASKED = 400
GOAL = 10  # ms, the 95th percentile
LEAST = 0.77  # what screening asks an index for under a threshold of 85 %
HIT = 0.85
HAN_FAMILY = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余"
HAN_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚桂英华慧建文斌宇浩欣怡子涵雨晨嘉琪思远梓轩佳宁"
STARTS = [
    "al",
    "an",
    "ba",
    "be",
    "bo",
    "ca",
    "da",
    "de",
    "el",
    "fa",
    "fer",
    "ga",
    "gor",
    "ha",
    "hus",
    "iva",
    "jo",
    "ka",
    "kha",
    "kuz",
    "la",
    "lom",
    "ma",
    "mar",
    "na",
    "no",
    "ol",
    "pe",
    "ra",
    "ro",
    "sa",
    "schm",
    "ser",
    "ta",
    "vol",
    "ya",
    "za",
]
MIDDLES = [
    "bar",
    "dan",
    "der",
    "din",
    "do",
    "dri",
    "fa",
    "go",
    "han",
    "ia",
    "ja",
    "la",
    "le",
    "li",
    "ma",
    "mi",
    "na",
    "ne",
    "ni",
    "no",
    "ra",
    "ri",
    "ro",
    "sa",
    "se",
    "ti",
    "to",
    "va",
    "ve",
    "vi",
    "za",
]
ENDS = [
    "a",
    "an",
    "ani",
    "bek",
    "ell",
    "er",
    "ez",
    "i",
    "ian",
    "ich",
    "ino",
    "is",
    "man",
    "mann",
    "o",
    "ov",
    "ova",
    "son",
    "sky",
    "te",
    "ti",
    "us",
    "y",
]


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return the figures; the number of names is always that of the goal, `scale` only asks fewer questions."""
    chance = random.Random(76)
    listed, customers = _people(chance, 0.2), _people(chance, 0.9)
    began = time.perf_counter()
    of_list = NameIndex(enumerate(listed))
    built = (time.perf_counter() - began) * 1000
    of_customers = NameIndex(enumerate(customers))
    asked = max(50, int(ASKED * min(scale, 1)))
    return [
        *_asking("one customer against 20,000 listed names", of_list, _some(chance, customers, listed, asked)),
        *_asking("one listed name against 20,000 customers", of_customers, _some(chance, listed, customers, asked)),
        _result("building the index of 20,000 names", built, None, "ms"),
        *_recall(chance, of_list, listed, asked),
    ]


def _people(chance: random.Random, han: float) -> list[str]:
    return [_han(chance) if chance.random() < han else _latin(chance) for _ in range(NAMES)]


def _han(chance: random.Random) -> str:
    return chance.choice(HAN_FAMILY) + "".join(chance.choice(HAN_GIVEN) for _ in range(chance.choice((1, 2, 2))))


def _word(chance: random.Random) -> str:
    return (
        chance.choice(STARTS)
        + chance.choice(MIDDLES)
        + chance.choice(("", chance.choice(MIDDLES)))
        + chance.choice(ENDS)
    )


def _latin(chance: random.Random) -> str:
    return " ".join(_word(chance) for _ in range(chance.choice((2, 2, 3)))).title()


def _some(chance: random.Random, ours: list[str], theirs: list[str], number: int) -> list[str]:
    """Most of those asked for are nobody on the other side; one in ten is, with a letter wrong."""
    return [_typo(chance, chance.choice(theirs)) if n % 10 == 0 else chance.choice(ours) for n in range(number)]


def _asking(name: str, index: NameIndex, names: list[str]) -> list[dict[str, Any]]:
    for one in names[:20]:
        index.find(one, least=LEAST)
    taken = []
    for one in names:
        began = time.perf_counter()
        index.find(one, least=LEAST)
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return [
        _result(f"{name}, p95", taken[int(len(taken) * 0.95) - 1], GOAL, "ms"),
        _result(f"{name}, median", statistics.median(taken), None, "ms"),
    ]


def _recall(chance: random.Random, index: NameIndex, listed: list[str], number: int) -> list[dict[str, Any]]:
    """The share of listed people who are found when they are written in another way."""
    latin = [place for place, name in enumerate(listed) if name.isascii()]
    han = [place for place, name in enumerate(listed) if not name.isascii() and len(name) > 2]
    kinds: list[tuple[str, list[int], Callable[[str], str], float]] = [
        ("one letter wrong", latin, lambda name: _typo(chance, name), 95),
        ("in another order", latin, lambda name: " ".join(name.split()[::-1]), 99),
        ("given name as an initial", latin, lambda name: f"{name.split()[-1]} {name[0]}.", 0),
        ("Chinese in pinyin", han, _pinyin, 99),
    ]
    results = []
    for label, places, written, goal in kinds:
        some = chance.sample(places, min(number, len(places)))
        found = sum(any(key == place for key, _ in index.find(written(listed[place]), least=HIT)) for place in some)
        results.append(_result(f"found, {label}", 100 * found / len(some), goal or None, "%", better="higher"))
    return results


def _typo(chance: random.Random, name: str) -> str:
    """One letter left out, doubled or changed, in a word of five letters or more."""
    words = name.split()
    long = [place for place, word in enumerate(words) if len(word) >= 5 and word.isascii()]
    if not long:
        return name
    place = chance.choice(long)
    word, at = words[place], chance.randrange(1, len(words[place]) - 1)
    words[place] = chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[: at + 1] + word[at:],
            word[:at] + chance.choice("aeiounrst") + word[at + 1 :],
        ]
    )
    return " ".join(words)


def _pinyin(name: str) -> str:
    family, *given = syllables(name)
    return f"{family} {''.join(given)}".title()


def _result(name: str, value: float, goal: float | None, unit: str, *, better: str = "lower") -> dict[str, Any]:
    holds = goal is None or (value <= goal if better == "lower" else value >= goal)
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "goal": goal,
        "better": better,
        "holds": holds,
        "rows": NAMES,
    }
