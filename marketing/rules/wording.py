"""Finding words in texts whatever their case, width, spacing or script, and counting what a text message costs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from customers.rules.han import ONE_WRITING

# GSM 03.38: the basic alphabet and what takes two places.
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = set("^{}\\[~]|€\f")
# Simplified and Traditional forms of signs of finance; those of names are in `ONE_WRITING`.
VARIANTS = str.maketrans(
    "證險無賠賺賬額檔穩沒確實際級獲審覈虧損擔單筆還償貸銀債權價個隻僅絕對優頂類員餘產戶換幣獎勵紅領贏過時間週從開關極劃繳萬穫",
    "证险无赔赚账额档稳没确实际级获审核亏损担单笔还偿贷银债权价个只仅绝对优顶类员余产户换币奖励红领赢过时间周从开关极划缴万获",
)
NEGATIONS = ("不", "非", "未", "not", "no")


@dataclass(frozen=True)
class Folded:
    """A text as it is compared: `places[i]` is where its sign number i stands in the text itself."""

    text: str
    places: tuple[int, ...]


def folded_with_places(text: str) -> Folded:
    """Fold width, case, accents and Chinese script, and leave out whatever is neither letter, digit nor percent sign."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for part in unicodedata.normalize("NFKD", sign).casefold():
            if part.isalnum() or part == "%":
                signs.append(part)
                places.append(place)
    return Folded("".join(signs).translate(VARIANTS).translate(ONE_WRITING), tuple(places))


def folded(text: str) -> str:
    """Return a text in which the same words look the same: one width and case, no spaces, hidden or dividing signs, one
    Chinese script.

    >>> folded("Ｇuaran\u200bteed  RETURN") == folded("guaranteed return")
    True
    """
    return folded_with_places(text).text


def finds(text: str, within: Folded, words: str) -> Iterator[tuple[int, int]]:
    """Yield where (first and last sign) folded `words` stand in `text`; Latin ones only where a word begins, so that "no
    risk" is not found in "piano risk"."""
    start = within.text.find(words) if words else -1
    while start >= 0:
        first, last = within.places[start], within.places[start + len(words) - 1]
        before = text[first - 1 : first]
        if not (words[0].isascii() and before.isascii() and before.isalnum()):
            yield first, last
        start = within.text.find(words, start + 1)


def is_denied(text: str, first: int) -> bool:
    """Whether the sign at `first` follows a word that turns it round: 不保本, "not risk-free"."""
    before = text[:first].rstrip()
    last = re.split(r"[^a-z]+", before[-12:].lower())[-1]
    return before.endswith(NEGATIONS[:3]) or last in NEGATIONS[3:]


def contains(text: str, words: str) -> bool:
    """Return whether `words` stand in a text, folded."""
    return any(finds(text, folded_with_places(text), folded(words)))


def sms_segments(text: str) -> tuple[int, str]:
    """Return how many parts a text message takes and its alphabet: 160 or 153 signs of GSM-7, 70 or 67 of UCS-2 (3GPP
    TS 23.038, 23.040). What takes two places is never parted."""
    if all(sign in GSM or sign in GSM_DOUBLE for sign in text):
        sizes, one, many, name = [1 + (sign in GSM_DOUBLE) for sign in text], 160, 153, "GSM-7"
    else:
        sizes, one, many, name = [1 + (ord(sign) > 0xFFFF) for sign in text], 70, 67, "UCS-2"
    return (1 if sum(sizes) <= one else _parts(sizes, many)), name


def _parts(sizes: list[int], many: int) -> int:
    parts, used = 1, 0
    for size in sizes:
        if used + size > many:
            parts, used = parts + 1, 0
        used += size
    return parts


def contrast(first: str, second: str) -> float | None:
    """Return the contrast ratio of two colours such as `#1a2b3c` (WCAG 2.2), None where one is none.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    one, other = _luminance(first), _luminance(second)
    if one is None or other is None:
        return None
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def _luminance(colour: str) -> float | None:
    found = re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", colour.strip())
    if not found:
        return None
    digits = found.group(1)
    digits = "".join(sign * 2 for sign in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
