"""How webhooks are signed, both ways: `v1=` and the hexadecimal HMAC-SHA256 of `<seconds>.<body>`.

The time stands under the signature, so that what somebody has overheard cannot be sent again later."""

import hashlib
import hmac
import re

WINDOW = 300  # seconds before and after
SIGNED = re.compile(r"v1=[0-9a-f]{64}")


def sign(body: bytes, *, key: str, at: int) -> str:
    """Return the signature of a body that is sent at `at`, in seconds since 1970.

    >>> sign(b"{}", key="k", at=1)[:11]
    'v1=3dd49b25'
    """
    return f"v1={hmac.new(key.encode(), f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"


def is_signed(body: bytes, *, key: str, timestamp: str, signature: str, now: float) -> bool:
    """Whether a body came from who holds the key, within five minutes. Without a key nothing did."""
    if not key or not re.fullmatch(r"\d{1,12}", timestamp, re.ASCII) or not SIGNED.fullmatch(signature):
        return False
    if abs(now - int(timestamp)) > WINDOW:
        return False
    return hmac.compare_digest(signature, sign(body, key=key, at=int(timestamp)))


def pause_before(attempt: int) -> int:
    """Return the seconds to wait before another attempt: 10, 20, 40 … and never more than an hour.

    >>> [pause_before(attempt) for attempt in (1, 2, 3, 20)]
    [10, 20, 40, 3600]
    """
    return min(10 * 2 ** min(attempt - 1, 20), 3600)
