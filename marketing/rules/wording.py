"""Finding words in texts whatever their case, width, spacing or script, and counting what a text message costs."""

from __future__ import annotations

import re
import unicodedata

# GSM 03.38: the basic alphabet and what takes two places.
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = set("^{}\\[~]|€\f")
HIDDEN = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff\-_.·•*'\"“”‘’、，,]+")
# Simplified and Traditional forms of the signs that stand in forbidden words.
VARIANTS = str.maketrans("證險無穩賺擔確絕對財貸國級獲", "证险无稳赚担确绝对财贷国级获")


def folded(text: str) -> str:
    """Return a text in which the same words look the same: one width and case, no spaces, hidden or dividing signs, one
    Chinese script.

    >>> folded("Ｇuaran\u200bteed  RETURN") == folded("guaranteed return")
    True
    """
    return HIDDEN.sub("", unicodedata.normalize("NFKC", text).casefold()).translate(VARIANTS)


def contains(text: str, words: str) -> bool:
    """Return whether `words` stand in a text, folded."""
    wanted = folded(words)
    return bool(wanted) and wanted in folded(text)


def sms_segments(text: str) -> tuple[int, str]:
    """Return how many parts a text message takes and its alphabet: 160 or 153 signs of GSM-7, 70 or 67 of UCS-2 (3GPP
    TS 23.038, 23.040)."""
    if all(sign in GSM or sign in GSM_DOUBLE for sign in text):
        length, one, many, name = sum(1 + (sign in GSM_DOUBLE) for sign in text), 160, 153, "GSM-7"
    else:
        length, one, many, name = len(text.encode("utf-16-be")) // 2, 70, 67, "UCS-2"
    return (1 if length <= one else -(-length // many)), name


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
