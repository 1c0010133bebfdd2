"""A time-stamp server (RFC 3161) as an anchor: it says that it has seen a checkpoint, and when."""

import secrets
import urllib.request
from pathlib import Path
from urllib.error import URLError

from cryptography import x509

from audit.anchors import NotLeft
from audit.rules.timestamps import read_time_stamp, time_stamp_request

SECONDS = 20
MOST_BYTES = 1_000_000


def leave(url: str, note: str, *, authority: str = "") -> bytes:
    """Ask for a time-stamp of a note and return the checked answer. Raises NotLeft with a sentence."""
    nonce = secrets.randbits(63)
    question = urllib.request.Request(
        url, time_stamp_request(note.encode(), nonce), {"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(question, timeout=SECONDS) as answer:
            response = answer.read(MOST_BYTES)
        read_time_stamp(response, note.encode(), nonce=nonce, roots=roots_of(authority))
    except (URLError, OSError) as error:
        raise NotLeft(f"The time-stamp server does not answer ({getattr(error, 'reason', error)}).") from error
    except ValueError as error:
        raise NotLeft(f"The time-stamp server's answer was refused. {error}") from error
    return response


def roots_of(authority: str) -> list[x509.Certificate]:
    """Return the certificates in the PEM file that the settings name; none where they name none."""
    return x509.load_pem_x509_certificates(Path(authority).read_bytes()) if authority else []
