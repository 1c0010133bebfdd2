"""The key that signs the log, kept outside the database, and the keys that have signed it before."""

import os
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from audit.rules.notes import Signer, VerifierKey, read_signer, read_verifier_key


def signer() -> Signer:
    """Return the signing key: `MERIDIAN_SEAL_KEY`, or in development one that is made in the var folder."""
    try:
        return read_signer(settings.MERIDIAN_SEAL_KEY or _development_key(settings.SEAL_KEY_PATH))
    except ValueError as error:
        raise ImproperlyConfigured(f"MERIDIAN_SEAL_KEY cannot be used. {error}") from None


def known_keys() -> list[VerifierKey]:
    """Return the keys that a checkpoint of this log may be signed with: today's first, then the earlier ones."""
    try:
        earlier = [read_verifier_key(text) for text in settings.SEAL_OLD_KEYS]
    except ValueError as error:
        raise ImproperlyConfigured(f"MERIDIAN_SEAL_OLD_KEYS cannot be used. {error}") from None
    return [signer().verifier, *earlier]


def new_signer() -> Signer:
    """Return a fresh key in the name of this log."""
    return Signer(settings.LOG_ORIGIN, os.urandom(32))


def _development_key(path: Path) -> str:
    """Return the key in the file; of two processes that find none, one makes it. Only its owner can read it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(new_signer().private_text() + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
