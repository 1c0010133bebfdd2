"""Signed notes: a short text with signatures beneath it, readable by people and exact to the byte (C2SP signed-note).

Ed25519 keys only. The stand-alone verifier imports this module, so it needs `cryptography` to sign, but not to check.
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
except ImportError:  # a machine that has Python alone can check, not sign
    Ed25519PrivateKey = Ed25519PublicKey = None  # type: ignore[assignment,misc]

from audit.rules.ed25519 import is_signed

ED25519 = b"\x01"
PRIVATE = "PRIVATE+KEY+"
DASH = "— "
MOST_SIGNATURES = 100
MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class VerifierKey:
    """A public key with its name: what a note is checked with."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.public).decode()}"

    def has_signed(self, text: bytes, signature: bytes) -> bool:
        if Ed25519PublicKey is None:
            return is_signed(self.public, text, signature)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A private key with its name. Its text form is the one that Go's `note` package writes."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def private_text(self) -> str:
        """Return the key itself, for a store of secrets. There is no `__str__`, so that it does not end up in a log."""
        return f"{PRIVATE}{self.name}+{self.verifier.id.hex()}+{b64encode(ED25519 + self.seed).decode()}"

    def __repr__(self) -> str:
        return f"Signer({self.name!r})"

    def sign(self, text: str) -> str:
        """Return the note: `text`, which must end with a newline, and one signature line."""
        _check_text(text)
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        return f"{text}\n{DASH}{self.name} {b64encode(self.verifier.id + key.sign(text.encode())).decode()}\n"


def read_verifier_key(text: str) -> VerifierKey:
    """Return the key that `name+id+base64` spells. Raises ValueError that says what is wrong with it."""
    name, key_id, public = _key_parts(text.strip(), "A verifier key")
    key = VerifierKey(name, public)
    if key.id != key_id:
        raise ValueError(f"The verifier key of {name} has the wrong id {key_id.hex()}: it was copied incompletely.")
    return key


def read_signer(text: str) -> Signer:
    """Return the signer that `PRIVATE+KEY+name+id+base64` spells. Raises ValueError; the text is never repeated."""
    text = text.strip()
    if not text.startswith(PRIVATE):
        raise ValueError(f"A signing key begins with {PRIVATE}: make one with manage.py seal_key --new.")
    name, key_id, seed = _key_parts(text.removeprefix(PRIVATE), "A signing key")
    signer = Signer(name, seed)
    if signer.verifier.id != key_id:
        raise ValueError(f"The signing key of {name} has the wrong id: it was copied incompletely.")
    return signer


def _key_parts(text: str, what: str) -> tuple[str, bytes, bytes]:
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    check_name(name)
    try:
        raw, number = b64decode(encoded, validate=True), bytes.fromhex(key_id)
    except (binascii.Error, ValueError):
        raise ValueError(f"{what} is written name+8 hexadecimal digits+base64.") from None
    if len(number) != 4 or len(key_id) != 8 or len(raw) != 33 or raw[:1] != ED25519:
        raise ValueError(f"{what} is written name+8 hexadecimal digits+base64 of an Ed25519 key.")
    return name, number, raw[1:]


def check_name(name: str) -> None:
    """Raise ValueError for a key name that a note cannot carry."""
    if not name or "+" in name or any(character.isspace() for character in name):
        raise ValueError(f"A key's name has no spaces and no plus sign, and is not empty: {name!r} is none.")


def opened(note: str | bytes, keys: Iterable[VerifierKey]) -> tuple[str, list[VerifierKey]]:
    """Return the text of a note and those of `keys` that have signed it.

    Signatures of keys that are not among `keys` count for nothing. Raises ValueError where the note is malformed, where
    a key of ours has not signed what stands there, and where none of ours has signed at all.
    """
    text, lines = split(note)
    known = {(key.name, key.id): key for key in keys}
    signers = []
    for name, key_id, signature in lines:
        key = known.get((name, key_id))
        if key is None or key in signers:
            continue
        if not key.has_signed(text.encode(), signature):
            raise ValueError(f"The signature of {name} is not of this text: the note was changed or forged.")
        signers.append(key)
    if not signers:
        names = ", ".join(sorted({name for name, _, _ in lines}))
        raise ValueError(f"The note is signed by {names}, with no key that is known here.")
    return text, signers


def split(note: str | bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Return the text of a note and its signatures as (name, key id, signature). Raises ValueError if malformed."""
    written = _decoded(note)
    text, blank, signatures = written.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise ValueError("A signed note is a text, an empty line, and signatures, each line ended.")
    _check_text(text + "\n")
    lines = signatures[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise ValueError(f"A note with more than {MOST_SIGNATURES} signatures is not read.")
    return text + "\n", [_signature(line) for line in lines]


def _decoded(note: str | bytes) -> str:
    if len(note) > MOST_BYTES:
        raise ValueError("A note of more than a megabyte is not read.")
    try:
        written = note.decode() if isinstance(note, bytes) else note
        written.encode()
    except UnicodeError:
        raise ValueError("A note is UTF-8 text.") from None
    return written


def _check_text(text: str) -> None:
    if not text.endswith("\n"):
        raise ValueError("The text of a note ends with a newline.")
    if any(character < " " and character != "\n" for character in text):
        raise ValueError("A note has no control characters besides newlines.")


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH):
        raise ValueError("A signature line begins with a dash and a space (— ).")
    check_name(name)
    try:
        raw = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"The signature of {name} is not base64.") from None
    if len(raw) < 5:
        raise ValueError(f"The signature of {name} is too short.")
    return name, raw[:4], raw[4:]
