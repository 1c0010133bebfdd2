"""Checkpoints: the size and the root of the log at a moment, as the text of a signed note (C2SP tlog-checkpoint)."""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from audit.rules.merkle import HASH_SIZE
from audit.rules.notes import VerifierKey, opened


@dataclass(frozen=True)
class Checkpoint:
    """What a log of this origin held: `size` entries, under `root`."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the text that is signed."""
        lines = [self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions]
        return "".join(f"{line}\n" for line in lines)


def read_checkpoint(text: str) -> Checkpoint:
    """Return what the text of a note says. Raises ValueError that names the line which is wrong."""
    if not text.endswith("\n"):
        raise ValueError("A checkpoint ends with a newline.")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise ValueError("A checkpoint has at least three lines (origin, size, root hash), none of them empty.")
    origin, size, encoded = lines[:3]
    return Checkpoint(origin, _size(size), _root(encoded), tuple(lines[3:]))


def opened_checkpoint(note: str | bytes, keys: Iterable[VerifierKey], *, origin: str = "") -> Checkpoint:
    """Return the checkpoint in a note that one of `keys` has signed, of the log `origin` where that is given.

    Raises ValueError where it is forged, malformed, signed by strangers only, or of another log.
    """
    text, _ = opened(note, keys)
    checkpoint = read_checkpoint(text)
    if origin and checkpoint.origin != origin:
        raise ValueError(f"The checkpoint is of another log: {checkpoint.origin}, not {origin}.")
    return checkpoint


def _size(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or (text != "0" and text.startswith("0")) or len(text) > 19:
        raise ValueError(f"The size of a checkpoint is a decimal number without leading zeros, not {text[:40]!r}.")
    return int(text)


def _root(text: str) -> bytes:
    try:
        root = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        root = b""
    if len(root) != HASH_SIZE or b64encode(root).decode() != text:
        raise ValueError("The root hash of a checkpoint is 32 bytes in base64.")
    return root
