import hashlib

PREFIX = "mrd_"
LONGEST_DAYS = 366


def digest_of(key: str) -> str:
    """Return the hexadecimal SHA-256 under which a token's key is kept and found."""
    return hashlib.sha256(key.encode()).hexdigest()


def hint_of(key: str) -> str:
    """Return what a person recognises a key by; it opens nothing."""
    return key[-4:]
