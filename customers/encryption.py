"""Personal values at rest: AES-256-GCM under a ring of keys, found again through keyed blind indexes.

A sealed value is `0x01 | length of key id | key id | 12-byte nonce | ciphertext and tag`. The purpose
(`customers.customer.phone`) is authenticated with it, so a value moved to another column does not open. Nonces are
random: rotate a key well before it has sealed 2^32 values (NIST SP 800-38D, section 8.3).
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from customers.rules.contacts import last_four, normalise_email, normalise_identity, normalise_phone, phone_forms

VERSION = 1
NONCE_SIZE = 12
TAG_SIZE = 16
KEY_SIZE = 32
INDEX_SIZE = 16


class DecryptionError(ValueError):
    """A stored value cannot be opened; the message says why, never what it held."""


@dataclass(frozen=True)
class KeyRing:
    """Keys by id; the first one named seals, all of them open."""

    first: str
    ciphers: dict[bytes, AESGCM]

    @property
    def header(self) -> bytes:
        """The bytes that every value sealed under the first key starts with."""
        return bytes([VERSION, len(self.first)]) + self.first.encode("ascii")


def _key(text: str, *, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ImproperlyConfigured(f"{where} is not base64: write 32 random bytes as base64.") from error
    if len(key) != KEY_SIZE:
        raise ImproperlyConfigured(f"{where} has {len(key)} bytes: it needs 32, written as base64.")
    return key


@lru_cache(maxsize=8)
def _read_ring(text: str) -> KeyRing:
    ciphers: dict[bytes, AESGCM] = {}
    for position, entry in enumerate((entry for entry in text.split(",") if entry.strip()), start=1):
        key_id, colon, key = entry.strip().partition(":")
        if not colon or not key_id.isascii() or not key_id.isprintable() or not 1 <= len(key_id) <= 32:
            raise ImproperlyConfigured(f"Key {position} of MERIDIAN_KEYS is not written as id:base64 (id: 1-32 signs).")
        if key_id.encode() in ciphers:
            raise ImproperlyConfigured(f"MERIDIAN_KEYS names the key {key_id} twice: give every key its own id.")
        ciphers[key_id.encode()] = AESGCM(_key(key, where=f"Key {key_id} of MERIDIAN_KEYS"))
    if not ciphers:
        raise ImproperlyConfigured("MERIDIAN_KEYS is empty: write at least one key as id:base64.")
    return KeyRing(first=next(iter(ciphers)).decode(), ciphers=ciphers)


@lru_cache(maxsize=8)
def _read_index_keys(text: str) -> tuple[bytes, ...]:
    keys = tuple(_key(entry, where="MERIDIAN_INDEX_KEY") for entry in text.split(",") if entry.strip())
    if not keys:
        raise ImproperlyConfigured("MERIDIAN_INDEX_KEY is empty: write 32 random bytes as base64.")
    return keys


def index_keys() -> tuple[bytes, ...]:
    """Return the index keys that `MERIDIAN_INDEX_KEY` lists: the first one writes, all of them are searched by."""
    return _read_index_keys(settings.MERIDIAN_INDEX_KEY)


def index_key_id(key: bytes | None = None) -> str:
    """Return eight hex digits that tell index keys apart and give none away."""
    return hashlib.sha256(b"index key id\0" + (key or index_keys()[0])).hexdigest()[:8]


def key_ring() -> KeyRing:
    """Return the ring that `MERIDIAN_KEYS` describes; a malformed one raises ImproperlyConfigured."""
    return _read_ring(settings.MERIDIAN_KEYS)


def encrypt(text: str, *, purpose: str) -> bytes:
    """Seal `text` for `purpose` under the first key; the same text gives other bytes each time."""
    return seal(text.encode(), purpose=purpose)


def seal(content: bytes, *, purpose: str) -> bytes:
    """Seal bytes as `encrypt` seals text: a file, which is held in memory whole."""
    ring = key_ring()
    nonce = os.urandom(NONCE_SIZE)
    sealed = ring.ciphers[ring.first.encode()].encrypt(nonce, content, purpose.encode())
    return ring.header + nonce + sealed


def key_id_of(sealed: bytes) -> str:
    """Return the id of the key that sealed a value."""
    return _split(bytes(sealed))[0].decode("ascii", "replace")


def decrypt(sealed: bytes | memoryview, *, purpose: str) -> str:
    """Open what `encrypt` sealed for the same purpose; anything else raises DecryptionError."""
    return unseal(sealed, purpose=purpose).decode()


def unseal(sealed: bytes | memoryview, *, purpose: str) -> bytes:
    """Open what `seal` sealed for the same purpose; anything else raises DecryptionError."""
    key_id, nonce, ciphertext = _split(bytes(sealed))
    cipher = key_ring().ciphers.get(key_id)
    if cipher is None:
        raise DecryptionError(
            _("A value of %(purpose)s was sealed with the key “%(key)s”, which is not in MERIDIAN_KEYS: put it back.")
            % {"purpose": purpose, "key": key_id.decode("ascii", "replace")}
        )
    try:
        return cipher.decrypt(nonce, ciphertext, purpose.encode())
    except InvalidTag as error:
        raise DecryptionError(
            _("A value of %(purpose)s does not open: it was changed in the database, or sealed for another field.")
            % {"purpose": purpose}
        ) from error


def _split(sealed: bytes) -> tuple[bytes, bytes, bytes]:
    start = 2 + sealed[1] if len(sealed) > 1 else 0
    if not start or sealed[0] != VERSION or len(sealed) < start + NONCE_SIZE + TAG_SIZE:
        raise DecryptionError(
            _("A stored value is not one that this system sealed: look for a write that went past it.")
        )
    return sealed[2:start], sealed[start : start + NONCE_SIZE], sealed[start + NONCE_SIZE :]


def blind_index(value: str, *, purpose: str, key: bytes | None = None) -> bytes:
    """Return 16 bytes that are the same for the same value and purpose, and say nothing without the index key.

    HMAC-SHA-256, cut to 128 bits, under the first index key unless `key` is given. `value` must already be in its one
    written form.
    """
    return hmac.digest(key or index_keys()[0], purpose.encode() + b"\0" + value.encode(), "sha256")[:INDEX_SIZE]


def last_four_index(value: str, *, purpose: str, key: bytes | None = None) -> bytes | None:
    """Return the blind index of a value's last four letters or digits, or None where it has no more than four."""
    tail = last_four(value)
    return blind_index(tail, purpose=f"{purpose}.last4", key=key) if tail else None


PHONE, EMAIL, IDENTITY, CARD = "customers.phone", "customers.email", "customers.identity", "customers.card"
DOCUMENT = "customers.document"
Index = Callable[..., bytes | None]


def search_indexes(index: Index, text: str) -> list[bytes]:
    """Return what `index` gives for `text` under every index key: match with `__in`, so that rows are found whichever
    key they were written under.
    """
    return [found for key in index_keys() if (found := index(text, key=key)) is not None]


def phone_index(text: str | None, *, region: str = "CN", key: bytes | None = None) -> bytes | None:
    """Return what to store beside a telephone number so that it is found by the whole of it."""
    form = normalise_phone(text, region=region) if text else ""
    return blind_index(form, purpose=PHONE, key=key) if form else None


def phone_search_indexes(text: str) -> list[bytes]:
    """Return the indexes under which a number typed in any form may be stored: match with `phone_index__in`."""
    forms = [form for form in phone_forms(text) if form]
    return [blind_index(form, purpose=PHONE, key=key) for key in index_keys() for form in forms]


def phone_tail_index(text: str | None, *, key: bytes | None = None) -> bytes | None:
    """Return what to store beside a telephone number, and to look for, so that four last digits find it."""
    return _tail(text, PHONE, key)


def email_index(text: str | None, *, key: bytes | None = None) -> bytes | None:
    """Return what to store beside an e-mail address."""
    form = normalise_email(text) if text else ""
    return blind_index(form, purpose=EMAIL, key=key) if form else None


def identity_index(text: str | None, *, key: bytes | None = None) -> bytes | None:
    """Return what to store beside an identity number; 15- and 18-digit forms of one person agree."""
    form = normalise_identity(text) if text else ""
    return blind_index(form, purpose=IDENTITY, key=key) if form else None


def document_index(text: str | None, *, key: bytes | None = None) -> bytes | None:
    """Return what to store beside the number of an identity document, so that another record of it is found."""
    form = normalise_identity(text) if text else ""
    return blind_index(form, purpose=DOCUMENT, key=key) if form else None


def identity_tail_index(text: str | None, *, key: bytes | None = None) -> bytes | None:
    """Return what to store beside an identity number so that its four last signs find it."""
    return _tail(normalise_identity(text) if text else None, IDENTITY, key)


def card_index(text: str | None, *, key: bytes | None = None) -> bytes | None:
    """Return what to store beside a card number."""
    digits = _digits(text or "")
    return blind_index(digits, purpose=CARD, key=key) if digits else None


def card_tail_index(text: str | None, *, key: bytes | None = None) -> bytes | None:
    """Return what to store beside a card number so that its four last digits find it."""
    return _tail(_digits(text or ""), CARD, key)


def card_tail_search_indexes(typed: str) -> list[bytes]:
    """Return, for four typed digits, what to compare with `card_tail_index`; nothing for others."""
    return _typed_tails(typed, CARD) if len(typed) == 4 and typed.isdecimal() else []


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdecimal())


def _tail(text: str | None, purpose: str, key: bytes | None) -> bytes | None:
    return last_four_index(text, purpose=purpose, key=key) if text else None


def _typed_tails(typed: str, purpose: str) -> list[bytes]:
    return [blind_index(typed, purpose=f"{purpose}.last4", key=key) for key in index_keys()]


def tail_search_indexes(typed: str) -> dict[str, list[bytes]]:
    """Return, for four typed signs, what to compare with `phone_tail_index` and `identity_tail_index`; {} for
    others."""
    sought = normalise_identity(typed)
    if len(sought) != 4:
        return {}
    return {"phone_tail_index": _typed_tails(sought, PHONE), "identity_tail_index": _typed_tails(sought, IDENTITY)}
