"""How alike two names are, whatever their writing, order and spelling, and why.

Every name is brought to words of ASCII letters: Chinese by sound, other writings letter by letter. Each word is then held
against each word of the other name: the same, nearly the same, the same consonants, an initial. The measure says what
share of both names is explained by such pairs, and every pair is named.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import OSA, JaroWinkler

from customers.rules.han import is_han, pinyin_parts, simplified, syllables

# Words that names may have or lack: particles, titles, legal forms.
PARTICLES = frozenset(
    [
        "al",
        "el",
        "ul",
        "ad",
        "bin",
        "ibn",
        "ben",
        "bint",
        "bte",
        "abu",
        "de",
        "la",
        "le",
        "del",
        "della",
        "di",
        "da",
        "do",
        "dos",
        "das",
        "du",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "zu",
        "the",
        "of",
        "and",
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "sheikh",
        "shaikh",
        "haji",
        "hajj",
        "sayyid",
    ]
)
LEGAL_FORMS = frozenset(
    [
        "co",
        "ltd",
        "limited",
        "company",
        "corp",
        "corporation",
        "inc",
        "incorporated",
        "llc",
        "llp",
        "plc",
        "gmbh",
        "ag",
        "sa",
        "sarl",
        "srl",
        "spa",
        "bv",
        "nv",
        "oy",
        "ab",
        "as",
        "pte",
        "pty",
        "kg",
        "ooo",
        "oao",
        "zao",
        "pjsc",
        "jsc",
        "group",
        "holding",
        "holdings",
    ]
)
ROUNDED = {"lyu": "lu", "lv": "lu", "nyu": "nu", "nv": "nu"}  # the ü of passports and keyboards
HAN_LEGAL_FORMS = ("股份有限公司", "有限责任公司", "有限公司", "集團", "集团", "公司")
ARABIC_ARTICLE = re.compile(r"(?<!\w)\u0627\u0644(?=\w{3})")  # the written al- of a name
LONGEST = 400  # signs of a name that are looked at
MOST_WORDS = 12
SAME, TYPO, SOUND, INITIAL = "same", "typo", "sound", "initial"
SOUNDS = str.maketrans({"q": "k", "c": "k", "w": "v", "z": "s", "j": "g", "y": None, "h": None, "x": "s",
                        **dict.fromkeys("aeiou")})  # fmt: skip
NEAR = 0.80  # of Jaro-Winkler: below it two words are different words
HOMOPHONE = 0.80  # the same sound in other characters: alike, and no hit by itself
OTHER_ORDER = 0.96


@dataclass(frozen=True)
class Name:
    """A name as it is compared: its words, the same as syllables where it is pinyin, and its characters where it is
    Chinese."""

    written: str
    forms: tuple[tuple[str, ...], ...]
    characters: str = ""


@dataclass(frozen=True)
class Pair:
    """Two words that were taken for each other, and how."""

    ours: str
    theirs: str
    how: str
    likeness: float


@dataclass(frozen=True)
class Likeness:
    """How alike two names are, from 0 to 1, and the pairs of words that say so."""

    score: float
    pairs: tuple[Pair, ...] = ()
    written: str = ""


@lru_cache(maxsize=100_000)
def read_name(text: str) -> Name:
    """Return a name as it is compared; one without a letter has no forms and is like no other."""
    written = " ".join(unicodedata.normalize("NFKC", text[:LONGEST]).split())
    characters = _characters(written) if is_han(written) else ""
    if characters:
        return Name(written, _forms(syllables(characters), is_read=True), characters)
    # Parts that a hyphen joins are written as two words or as one.
    several = [_words(written), *([_words(written.replace("-", ""))] if "-" in written else [])]
    return Name(written, tuple(dict.fromkeys(form for words in several for form in _forms(words, is_read=False))))


def _characters(written: str) -> str:
    """The characters of a Chinese name without legal form, brackets and Latin beside them."""
    plain = simplified(written)
    for form in HAN_LEGAL_FORMS:
        plain = plain.replace(simplified(form), "")
    return "".join(sign for sign in plain if is_han(sign))


def _words(written: str) -> tuple[str, ...]:
    """Words of ASCII letters and digits; an apostrophe does not part a word."""
    ascii_text = anyascii(ARABIC_ARTICLE.sub("", written)).lower()
    joined = ascii_text.replace("'", "").replace("`", "").replace("’", "")
    signs = "".join(sign if sign.isalnum() else " " for sign in joined)
    words = signs.split()[:MOST_WORDS]
    words = [ROUNDED.get(word, word) for word in words]
    kept = tuple(word for word in words if word not in PARTICLES and word not in LEGAL_FORMS)
    return kept or tuple(words)


def _forms(words: tuple[str, ...], *, is_read: bool) -> tuple[tuple[str, ...], ...]:
    if not words:
        return ()
    if is_read:
        return (words[:MOST_WORDS],)
    parts = [pinyin_parts(word) for word in words]
    whole = tuple(part for split in parts for part in split)
    if all(parts) and len(words) < len(whole) <= 6:
        return words, whole
    return (words,)


@lru_cache(maxsize=100_000)
def consonants(word: str) -> str:
    """Return a word by its consonants, those that writings exchange as one, and whether it begins with a vowel:
    `mohammed`, `muhamad` and `mhmd` agree, `ahmed` is another.

    >>> consonants("mohammed"), consonants("mhmd"), consonants("ahmed"), consonants("qaddafi"), consonants("qdhafy")
    ('md', 'md', 'amd', 'kdf', 'kdf')
    """
    spoken = word.replace("ph", "f").replace("ck", "k").translate(SOUNDS)
    kept = "".join(sign for place, sign in enumerate(spoken) if place == 0 or sign != spoken[place - 1])
    return f"a{kept}" if word[:1] in "aeiou" else kept


def compare(ours: Name, theirs: Name) -> Likeness:
    """Return how alike two names are; of several forms the best."""
    if ours.characters and theirs.characters:
        return _by_characters(ours, theirs)
    found = (_by_words(one, other) for one in ours.forms for other in theirs.forms)
    return max(found, key=lambda likeness: likeness.score, default=Likeness(0.0))


def best_of(ours: Name, others: Iterable[Name]) -> Likeness:
    """Return the best likeness with one of several names, and which one that is."""
    best = Likeness(0.0)
    for other in others:
        found = compare(ours, other)
        if found.score > best.score:
            best = Likeness(found.score, found.pairs, other.written)
    return best


def _by_characters(ours: Name, theirs: Name) -> Likeness:
    """Chinese against Chinese: characters count, and the same sound in others is only near."""
    if ours.characters == theirs.characters:
        return Likeness(1.0, (Pair(ours.characters, theirs.characters, SAME, 1.0),))
    if ours.forms == theirs.forms:
        return Likeness(HOMOPHONE, (Pair(ours.characters, theirs.characters, SOUND, HOMOPHONE),))
    near = OSA.normalized_similarity(ours.characters, theirs.characters)
    # Of two or three characters one other is another person; of a company's ten it is a slip.
    score = near if min(len(ours.characters), len(theirs.characters)) > 4 else near * HOMOPHONE
    return Likeness(score, (Pair(ours.characters, theirs.characters, TYPO, near),))


def _by_words(ours: tuple[str, ...], theirs: tuple[str, ...]) -> Likeness:
    if ours == theirs:
        return Likeness(1.0, tuple(Pair(word, word, SAME, 1.0) for word in ours))
    pairs, places = _paired(ours, theirs)
    if not pairs:
        return Likeness(0.0)
    explained = sum(pair.likeness * (_weight(pair.ours) + _weight(pair.theirs)) / 2 for pair in pairs)
    of_ours, of_theirs = sum(map(_weight, ours)), sum(map(_weight, theirs))
    shorter = explained / max(min(of_ours, of_theirs), 0.001)
    both = 2 * explained / (of_ours + of_theirs)
    score = 0.6 * min(shorter, 1.0) + 0.4 * both
    if len(pairs) < 2 and max(len(ours), len(theirs)) > 1:
        score *= 0.7  # one word in common is a family, not a person
    if score > 0.9 and not _is_turned(places, len(theirs)):
        score *= OTHER_ORDER
    return Likeness(min(score, 1.0), tuple(pairs))


def _weight(word: str) -> float:
    """A long word tells more than a short one, an initial hardly anything."""
    return 0.35 if len(word) == 1 else min(len(word), 8) ** 0.5


def _paired(ours: Sequence[str], theirs: Sequence[str]) -> tuple[list[Pair], list[int]]:
    """Give every word of ours the best word of theirs that nothing better claims."""
    offers = []
    for place, word in enumerate(ours):
        for other_place, other in enumerate(theirs):
            how, likeness = word_likeness(word, other)
            if likeness:
                offers.append((likeness * (_weight(word) + _weight(other)), place, other_place, how, likeness))
    offers.sort(key=lambda offer: (-offer[0], offer[1], offer[2]))
    taken: dict[int, int] = {}
    pairs = {}
    for _worth, place, other_place, how, likeness in offers:
        if place in pairs or other_place in taken:
            continue
        taken[other_place] = place
        pairs[place] = Pair(ours[place], theirs[other_place], how, likeness)
    order = [other for other, _place in sorted(taken.items(), key=lambda item: item[1])]
    return [pairs[place] for place in sorted(pairs)], order


def _is_turned(order: list[int], length: int) -> bool:
    """Whether words stand in the same order, or with the last first or the first last, as surnames do."""
    straight = sorted(order)
    return order in (straight, straight[1:] + straight[:1], straight[-1:] + straight[:-1]) or length < 3


@lru_cache(maxsize=200_000)
def word_likeness(ours: str, theirs: str) -> tuple[str, float]:
    """Return how two words are alike, and how much; ("", 0) where they are not."""
    if ours == theirs:
        return SAME, 1.0
    if len(ours) == 1 or len(theirs) == 1:
        return (INITIAL, 0.9) if ours[0] == theirs[0] and len(ours) + len(theirs) > 2 else ("", 0.0)
    if abs(len(ours) - len(theirs)) > 4:
        return "", 0.0
    near = JaroWinkler.normalized_similarity(ours, theirs)
    if min(len(ours), len(theirs)) >= 4 and near >= 0.9:
        return TYPO, near
    sound = consonants(ours)
    if len(sound) >= 2 and sound == consonants(theirs) and max(len(ours), len(theirs)) >= 4:
        return SOUND, max(near, 0.88)
    if min(len(ours), len(theirs)) >= 4 and near >= NEAR and OSA.distance(ours, theirs, score_cutoff=2) <= 2:
        return TYPO, near
    return "", 0.0
