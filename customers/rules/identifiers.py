"""Whether an identity number, a credit code, a card number or a telephone number can be a real one.

The questions (`is_…`) answer False for anything that is not such a number, whatever its type or length, and never
raise. Full-width digits and spaces around are read as a person would read them; signs in between are not.
"""

import re
from datetime import date
from typing import Literal, NamedTuple

ID_WEIGHTS = tuple(pow(2, 17 - position, 11) for position in range(17))
ID_CHECKS = "10X98765432"
CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: 0x20}
TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"

_RESIDENT_ID = re.compile(r"[1-9][0-9]{16}[0-9X]")
_LEGACY_ID = re.compile(r"[1-9][0-9]{14}")
_CREDIT_CODE = re.compile(rf"[{CREDIT_SIGNS}]{{2}}[0-9]{{6}}[{CREDIT_SIGNS}]{{10}}")
_TAIWAN_ID = re.compile(r"[A-Z][1289A-D][0-9]{8}")
_HONG_KONG_ID = re.compile(r"([A-Z]{1,2})([0-9]{6})\(?([0-9A])\)?")
_CARD = re.compile(r"[0-9]{12,19}")
_MOBILES = {
    "CN": re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})"),
    "TW": re.compile(r"(?:(?:\+?886|00886)0?|0)(9[0-9]{8})"),
    "HK": re.compile(r"(?:\+?852|00852)?([5-9][0-9]{7})"),
}
_CALLING_CODES = {"CN": "+86", "TW": "+886", "HK": "+852"}


class Birth(NamedTuple):
    """What a resident number says of its holder."""

    date: date
    sex: Literal["female", "male"]


def plain_width(text: object) -> str:
    """Return text in the width that keyboards write (`１３８` becomes `138`), without spaces at its ends; others as
    ''."""
    return text.translate(FULL_WIDTH).strip() if isinstance(text, str) else ""


def _signs(text: object) -> str:
    signs = plain_width(text)
    return signs.upper() if signs.isascii() else signs


def _birth_date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def resident_id_check(first17: str) -> str:
    """Return the eighteenth sign of a resident number (ISO 7064 MOD 11-2, GB 11643-1999)."""
    return ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, ID_WEIGHTS, strict=True)) % 11]


def is_resident_id(text: object, *, today: date | None = None) -> bool:
    """Return whether `text` is an 18-sign mainland resident number: its check sign and a real birth date.

    The birth date must not lie after `today`; whoever leaves it out means the machine's date (the only rule that looks
    at the clock, because a number born tomorrow must never pass by default). The six digits of the county are not
    compared with any list: counties are merged and renamed, numbers are for life. Legacy numbers: see
    `upgrade_resident_id`.
    """
    number = _signs(text)
    if not _RESIDENT_ID.fullmatch(number) or number[17] != resident_id_check(number[:17]):
        return False
    born = _birth_date(number[6:14])
    return born is not None and date(1800, 1, 1) <= born <= (today or date.today())


def upgrade_resident_id(text15: str) -> str:
    """Return the 18-sign form of a 15-digit resident number, born in 19yy; raise ValueError for anything else.

    An 18-sign number that is valid comes back as it is (GB 11643-1999, section 5).
    """
    number = _signs(text15)
    if is_resident_id(number):
        return number
    if not _LEGACY_ID.fullmatch(number):
        raise ValueError("A legacy resident number has 15 digits and does not start with 0: check how it was written.")
    first17 = number[:6] + "19" + number[6:]
    if _birth_date(first17[6:14]) is None:
        raise ValueError(
            "Digits 7 to 12 of a legacy resident number are a birth date (YYMMDD): these are not a real day."
        )
    return first17 + resident_id_check(first17)


def birth_and_sex_of_resident_id(text: str) -> Birth:
    """Return birth date and sex (odd sequence numbers are men's) of an 18- or 15-digit number; ValueError if
    invalid."""
    number = _signs(text)
    number = upgrade_resident_id(number) if len(number) == 15 else number
    if not is_resident_id(number):
        raise ValueError("This is not a valid resident number: its check sign or its birth date is wrong.")
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return Birth(born, "male" if int(number[16]) % 2 else "female")


def social_credit_check(first17: str) -> str:
    """Return the eighteenth sign of a unified social credit code (GB 32100-2015, MOD 31)."""
    return CREDIT_SIGNS[
        -sum(CREDIT_SIGNS.index(sign) * weight for sign, weight in zip(first17, CREDIT_WEIGHTS, strict=True)) % 31
    ]


def is_social_credit_code(text: object) -> bool:
    """Return whether `text` is an 18-sign unified social credit code with a right check sign (GB 32100-2015,
    MOD 31)."""
    code = _signs(text)
    if not _CREDIT_CODE.fullmatch(code):
        return False
    return code[17] == social_credit_check(code[:17])


def is_luhn(text: object) -> bool:
    """Return whether digits pass the Luhn check (ISO/IEC 7812-1, annex B); spaces and hyphens between them are
    skipped."""
    digits = re.sub(r"[ -]", "", _signs(text))
    if not re.fullmatch(r"[0-9]+", digits):
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def is_card_number(text: object) -> bool:
    """Return whether `text` has the 12 to 19 digits of a bank card; whether they pass `is_luhn` is only a warning.

    Some legacy debit cards fail Luhn, so a card is refused for its length alone.
    """
    return bool(_CARD.fullmatch(re.sub(r"[ -]", "", _signs(text))))


def is_taiwan_id(text: object) -> bool:
    """Return whether `text` is a national identity or resident-certificate number of Taiwan: a letter, nine digits.

    The letter stands for 10 to 35 in the order of the registry; its two digits and the nine are weighted 1 9 8 7 6 5 4
    3 2 1 1 and must sum to a multiple of ten. The second sign is 1 or 2 for citizens, 8 or 9 for residents since 2021
    and A to D before, which counts as the last digit of its letter's number.
    """
    number = _signs(text)
    if not _TAIWAN_ID.fullmatch(number):
        return False
    tens, ones = divmod(TAIWAN_LETTERS.index(number[0]) + 10, 10)
    second = number[1] if number[1].isdigit() else str((TAIWAN_LETTERS.index(number[1]) + 10) % 10)
    digits = [tens, ones, int(second), *map(int, number[2:])]
    return sum(d * w for d, w in zip(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0


def is_hong_kong_id(text: object) -> bool:
    """Return whether `text` is a Hong Kong identity card number, its check digit in brackets or not.

    Letters count 10 to 35, a missing first letter 36; weights run from 9 to 1, the sum is a multiple of 11, A is ten.
    """
    match = _HONG_KONG_ID.fullmatch(_signs(text))
    if not match or _signs(text).count("(") != _signs(text).count(")"):
        return False
    letters, digits, check = match.groups()
    values = [36] * (2 - len(letters)) + [ord(letter) - 55 for letter in letters] + [int(digit) for digit in digits]
    total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True)) + int(check, 16)
    return total % 11 == 0


def mobile_e164(text: object, *, region: str = "CN") -> str | None:
    """Return a mobile number of CN, TW or HK as E.164 (`+8613800138000`), or None where it is none of that region's.

    Spaces, hyphens, dots and brackets between digits are skipped. The national numbering plans, as mobile ranges only.
    """
    pattern = _MOBILES.get(region)
    if pattern is None:
        raise ValueError(f"Mobile numbers of {region} are not known here: choose CN, TW or HK.")
    match = pattern.fullmatch(re.sub(r"[ .()\-]", "", _signs(text)))
    return _CALLING_CODES[region] + match.group(1) if match else None


def is_mobile(text: object, *, region: str = "CN") -> bool:
    """Return whether `text` is a mobile number of CN, TW or HK, with or without its calling code."""
    return mobile_e164(text, region=region) is not None
