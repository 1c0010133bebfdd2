"""What a visitor may send to a chat, and what of it is kept."""

import re
import unicodedata

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 random bytes in base64url
CLIENT_ID = re.compile(r"[A-Za-z0-9-]{8,40}")
LONGEST_MESSAGE = 4_000
LONGEST_NAME = 60


def is_token(text: str) -> bool:
    """Whether a text could be a visitor's token.

    >>> is_token("A" * 43), is_token("A" * 42), is_token("A" * 42 + "!")
    (True, False, False)
    """
    return bool(TOKEN.fullmatch(text))


def is_client_id(text: str) -> bool:
    return bool(CLIENT_ID.fullmatch(text))


def one_line(text: str, longest: int) -> str:
    """Return a text as one line without signs that steer: a name turns no line around and opens no new one.

    >>> one_line("  Ann\\u202e\\n B\\x00 ", 60)
    'Ann B'
    """
    signs = (" " if sign in "\r\n\t" else sign for sign in text)
    kept = "".join(sign for sign in signs if unicodedata.category(sign) not in ("Cc", "Cf", "Cs") or sign == "\u200d")
    return " ".join(kept.split())[:longest]
