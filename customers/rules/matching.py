"""The forms in which two records of one person are likely to agree: how a name is written, how it sounds, an address."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pypinyin.constants import PINYIN_DICT

LONGEST = 200
MARKS = re.compile(r"[\u0300-\u036f]")
WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_]+", re.UNICODE)
CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
LATIN = re.compile(r"[a-z]+")
# What says that a name is a business's and not whose; the longer ones first.
LEGAL_FORMS = re.compile(
    r"股份有限公司|有限责任公司|有限責任公司|集团有限公司|集團有限公司|有限公司|合伙企业|合夥企業|股份公司|公司|"
    r"\b(?:company|corporation|incorporated|limited|corp|inc|llc|llp|ltd|plc|gmbh|co|ag|sa|bv)\b"
)
NUMERALS = {
    sign: n
    for n, signs in enumerate(("〇零", "一壹", "二贰兩两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for sign in signs
}
TENS = {"十": 10, "百": 100, "千": 1000}
COUNTED = re.compile(f"[{''.join(NUMERALS)}{''.join(TENS)}]+")
STREET = {
    "road": "rd",
    "street": "st",
    "avenue": "ave",
    "district": "dist",
    "building": "bldg",
    "room": "rm",
    "no": "",
    "number": "",
}
LIKE = [
    ("ph", "f"), ("ck", "k"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("c", "k"), ("q", "k"), ("x", "ks"), ("z", "s"), ("w", "v"),
    ("y", "i"), ("th", "t"), ("gh", "g"), ("j", "i"),
]  # fmt: skip


def name_form(name: str, *, is_business: bool = False) -> str:
    """Return the words of a name in one way of writing, in their order: no case, marks, punctuation or legal form."""
    return " ".join(_words(name, is_business))


def sound_of(name: str, *, is_business: bool = False) -> str:
    """Return how a name sounds, whatever the order of its words: `张伟`, `張偉`, `Zhang Wei` and `Wei Zhang` are one."""
    sounds = [sound for word in _words(name, is_business) for sound in _sounds(word)]
    return " ".join(sorted(sounds))


def _words(name: str, is_business: bool) -> list[str]:
    text = MARKS.sub("", unicodedata.normalize("NFKD", name[:LONGEST])).casefold()
    words = WORD.findall(LEGAL_FORMS.sub(" ", text) if is_business else text)
    return words or WORD.findall(text) or [text.strip()]


def _sounds(word: str) -> list[str]:
    if CJK.match(word):
        return [_reading(word)]
    return _syllables(word) or [_like(word)] if LATIN.fullmatch(word) else [word]


@lru_cache(maxsize=30_000)
def _reading(sign: str) -> str:
    """The first Mandarin reading of a sign without its tone; the sign itself where there is none."""
    found = PINYIN_DICT.get(ord(sign), "").split(",")[0]
    return MARKS.sub("", unicodedata.normalize("NFKD", found)).replace("ü", "u") or sign


@lru_cache(maxsize=1)
def _known_syllables() -> frozenset[str]:
    return frozenset(_reading(chr(point)) for point in PINYIN_DICT if 0x4E00 <= point <= 0x9FFF)


@lru_cache(maxsize=50_000)
def _syllables(word: str) -> list[str]:
    """Take a word apart into syllables of Mandarin, the longest first; nothing where it is not made of them."""
    if not word:
        return []
    for end in range(min(6, len(word)), 0, -1):
        if word[:end] in _known_syllables():
            rest = _syllables(word[end:])
            if rest or end == len(word):
                return [word[:end], *rest]
    return []


@lru_cache(maxsize=50_000)
def _like(word: str) -> str:
    """Fold a Latin word so that spellings of one sound agree: first letter, then consonants, none twice in a row."""
    for written, heard in LIKE:
        word = word.replace(written, heard)
    kept = word[:1] + re.sub(r"[aeiouh]", "", word[1:])
    return re.sub(r"(.)\1+", r"\1", kept)


def address_form(address: str) -> str:
    """Return an address in one way of writing: no spaces or punctuation, figures for numerals."""
    text = unicodedata.normalize("NFKC", address[:LONGEST]).casefold()
    text = COUNTED.sub(lambda found: _number(found.group()), text)
    return "".join(STREET.get(word, word) for word in re.findall(r"[^\W_a-z]+|[a-z]+", text))


def _number(signs: str) -> str:
    """`八十八` is 88, and so is `八八`; a numeral too long to be one is left as it is."""
    if not any(sign in TENS for sign in signs):
        return "".join(str(NUMERALS[sign]) for sign in signs)
    total, digit = 0, 0
    for sign in signs:
        if sign in TENS:
            total, digit = total + (digit or 1) * TENS[sign], 0
        else:
            digit = NUMERALS[sign]
    return str(total + digit)
