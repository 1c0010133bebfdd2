"""Codes of coupons: 15 signs without look-alikes and a check sign, in groups of four.

The check is Luhn mod N over the alphabet (ISO/IEC 7812-1 for digits, generalised): it finds every single wrong sign and
every exchange of two neighbours but that of the first and the last sign of the alphabet. Only the code's SHA-256 is kept:
73 bits of chance are not guessed.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from django.utils.translation import gettext as _

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O, 1 I L, U that reads as V
BODY, LENGTH = 15, 16
SEPARATORS = frozenset("-‐‑‒–—−_.·")
PLACE = {sign: place for place, sign in enumerate(ALPHABET)}


def check_sign(body: str) -> str:
    """Return the sign that makes `body` whole."""
    return ALPHABET[-_luhn(body, factor=2) % len(ALPHABET)]


def _luhn(text: str, *, factor: int) -> int:
    total = 0
    for sign in reversed(text):
        quotient, rest = divmod(PLACE[sign] * factor, len(ALPHABET))
        total += quotient + rest
        factor = 3 - factor
    return total % len(ALPHABET)


def drawn_code(secret: bytes, ordinal: int | str) -> str:
    """Return the code that a batch's secret gives to one of its coupons; without the secret it cannot be told from chance.

    Signs are read off HMAC-SHA-256 by division, whose bias over 256 bits is below 2⁻¹⁸⁰.
    """
    number = int.from_bytes(hmac.digest(secret, str(ordinal).encode(), "sha256"))
    signs = []
    for _place in range(BODY):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    body = "".join(signs)
    return body + check_sign(body)


def read_code(typed: str) -> str:
    """Return a code as it is kept, from what somebody typed: any case, full-width signs, spaces and dashes.

    Raises ValueError, with a sentence for whoever typed it, where it is no code at all."""
    wide = unicodedata.normalize("NFKC", typed[:200]).upper()
    text = "".join(sign for sign in wide if not sign.isspace() and sign not in SEPARATORS)
    if len(text) != LENGTH:
        raise ValueError(_("A code has %(wanted)d signs: this has %(found)d.") % {"wanted": LENGTH, "found": len(text)})
    if strange := sorted({sign for sign in text if sign not in PLACE}):
        raise ValueError(_("A code does not contain %(signs)s.") % {"signs": " ".join(strange)})
    if _luhn(text, factor=1):
        raise ValueError(_("One sign of this code is wrong, or two are exchanged: read it again."))
    return text


def shown_code(code: str) -> str:
    """Return a code in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def code_hash(code: str) -> bytes:
    """Return what is kept of a code."""
    return hashlib.sha256(code.encode()).digest()
