"""One written form for telephone numbers, e-mail addresses and identity numbers, so that equal ones compare equal."""

import re
from collections.abc import Iterable

import phonenumbers

from customers.rules.identifiers import mobile_e164, plain_width, upgrade_resident_id

REGIONS = ("CN", "TW", "HK")
_SPACES = re.compile(r"\s+")
_NOT_A_SIGN = re.compile(r"[\W_]")
_NOT_A_DIGIT = re.compile(r"[^0-9]")
_EXTENSION = re.compile(r"(?:ext\.?|x|#|转|轉|分机|分機).*$", re.IGNORECASE)


def e164(text: str, *, region: str = "CN") -> str | None:
    """Return a telephone number in E.164 form (`+8613800138000`), or None where it is no valid number of `region`.

    A number that starts with `+` or `00` says its own country and `region` is not looked at. ITU-T E.164.
    """
    if region in REGIONS and (mobile := mobile_e164(text, region=region)):
        return mobile  # the usual case, ten times quicker; the library lags behind newly opened ranges
    written = plain_width(text)
    written = "+" + written[2:] if written.startswith("00") else written
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise_phone(text: str, *, region: str = "CN") -> str:
    """Return the E.164 form, or the bare digits (with a leading `+` kept) of a number that is not a valid one.

    A wrong number stays findable by the digits it was written with; text without a digit becomes an empty string.
    """
    valid = e164(text, region=region)
    if valid:
        return valid
    written = _EXTENSION.sub("", plain_width(text))
    digits = _NOT_A_DIGIT.sub("", written)
    return f"+{digits}" if digits and written.startswith("+") else digits


def phone_forms(text: str, *, regions: Iterable[str] = REGIONS) -> list[str]:
    """Return every form under which a number that was typed without its country may be stored, likeliest first."""
    valid = [form for region in regions if (form := e164(text, region=region))]
    return list(dict.fromkeys([*valid, normalise_phone(text)])) if plain_width(text) else []


def normalise_email(text: str) -> str:
    """Return an e-mail address in lower case without spaces around it."""
    return _SPACES.sub("", plain_width(text)).lower()


def normalise_identity(text: str) -> str:
    """Return an identity number in capitals without separators; a 15-digit resident number becomes its 18-digit one."""
    bare = _NOT_A_SIGN.sub("", plain_width(text)).upper()
    if len(bare) == 15 and bare.isdigit():
        try:
            return upgrade_resident_id(bare)
        except ValueError:
            return bare
    return bare


def last_four(text: str) -> str:
    """Return the last four letters or digits, in capitals; fewer than five signs have no tail that says less
    than all."""
    bare = _NOT_A_SIGN.sub("", plain_width(text)).upper()
    return bare[-4:] if len(bare) > 4 else ""
