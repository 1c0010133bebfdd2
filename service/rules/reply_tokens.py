"""The signed number of a ticket in subjects and reply addresses: whoever answers is led back, whoever guesses is not."""

import base64
import hmac
import re

SUBJECT = re.compile(r"\[(T-\d{4,12})(?:[·.-]([A-Z2-7]{8}))?\]", re.IGNORECASE)
PLUS = re.compile(r"\+(t-?\d{4,12})[.-]([a-z2-7]{8})@", re.IGNORECASE)


def signature(reference: str, key: str) -> str:
    """Return eight signs that only who holds the key can write for a ticket's number.

    Forty bits: HMAC-SHA-256, cut. A guess costs a mail, and a right one still shows its sender as a stranger."""
    digest = hmac.digest(key.encode(), f"service.reply\0{reference}".encode(), "sha256")
    return base64.b32encode(digest)[:8].decode()


def token(reference: str, key: str) -> str:
    """Return what stands in a subject: `[T-100001-ABCDEFGH]`."""
    return f"[{reference}-{signature(reference, key)}]"


def reply_address(address: str, reference: str, key: str) -> str:
    """Return the address that answers come back to: `support+t-100001.abcdefgh@…`."""
    name, _at, domain = address.partition("@")
    return f"{name}+{reference.lower()}.{signature(reference, key).lower()}@{domain}"


def tickets_named(subject: str, receivers: list[str], key: str) -> list[tuple[str, bool]]:
    """Return the ticket numbers that a mail names, each with whether its signature is right, the signed ones first."""
    found = [(match.group(1).upper(), (match.group(2) or "").upper()) for match in SUBJECT.finditer(subject)]
    for address in receivers:
        found += [(match.group(1).upper(), match.group(2).upper()) for match in PLUS.finditer(address)]
    judged = {
        (reference, bool(signed) and hmac.compare_digest(signed, signature(reference, key)))
        for reference, signed in found
    }
    return sorted(judged, key=lambda one: (not one[1], one[0]))


def without_token(subject: str) -> str:
    """Return a subject without our token and the `Re:` and `回复:` that pile up before it."""
    bare = SUBJECT.sub("", subject)
    previous = None
    while previous != bare:
        previous = bare
        bare = re.sub(r"^\s*(re|fwd?|aw|回复|回覆|答复|转发|轉寄|轉發)\s*[:：]\s*", "", bare, flags=re.IGNORECASE)
    return " ".join(bare.split())
