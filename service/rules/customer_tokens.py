"""A signed word of the company's own app about who opens a chat.

    base64url(JSON) "." base64url(HMAC-SHA256 of the part before the dot)

The JSON holds `customer` (our customer number), or `source` and `id` (the number there), and `exp`, seconds since 1970.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

LONGEST = 2_000
SOONEST_END = 24 * 3600  # seconds; a token that opened doors for longer would be a password


@dataclass(frozen=True)
class Claim:
    """Whom a token names: our own number, or a source and its number."""

    reference: str = ""
    source: str = ""
    external_id: str = ""


def signed(claim: dict[str, Any], *, key: str) -> str:
    """Return the token that says `claim`, as the company's app makes it."""
    part = _encode(json.dumps(claim, separators=(",", ":"), sort_keys=True).encode())
    return f"{part}.{_encode(_mac(part, key))}"


def read_token(token: str, *, key: str, now: float) -> Claim | None:
    """Return whom a token names, or None where its signature, form or time is not right, or no key is set."""
    part, _dot, mac = token.partition(".")
    if not key or len(token) > LONGEST or not hmac.compare_digest(_decode(mac), _mac(part, key)):
        return None
    try:
        claim = json.loads(_decode(part))
        ends = float(claim["exp"])
    except (ValueError, TypeError, KeyError):
        return None
    if not now < ends <= now + SOONEST_END:
        return None
    return _claim(claim)


def _claim(claim: dict[str, Any]) -> Claim | None:
    named = {name: str(claim.get(name, "")) for name in ("customer", "source", "id")}
    if named["customer"]:
        return Claim(reference=named["customer"])
    return Claim(source=named["source"], external_id=named["id"]) if named["source"] and named["id"] else None


def _mac(part: str, key: str) -> bytes:
    return hmac.digest(key.encode(), part.encode(), hashlib.sha256)


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
