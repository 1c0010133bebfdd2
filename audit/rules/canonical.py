"""Canonical JSON: the one way to write a value, so that its hash means the value (RFC 8785)."""

from collections.abc import Iterator
from typing import Any

import rfc8785

_MOST = 2**53 - 1
_DEEPEST = 200


def canonical_json(value: Any) -> bytes:
    """Return `value` as RFC 8785 writes it, in UTF-8.

    Takes None, booleans, text, whole numbers up to 2^53 - 1, finite floats, and lists, tuples and dicts of these with
    text for keys. Everything else, decimals and dates first of all, raises ValueError that says where it is: choose its
    text form yourself, because two programs would choose two.
    """
    try:
        return rfc8785.dumps(value)
    except (ValueError, TypeError, RecursionError) as error:
        reason = next(_refusals(value, "$"), f"The value cannot be written as canonical JSON: {error}.")
        raise ValueError(reason) from error


def _refusals(value: Any, path: str, depth: int = 0) -> Iterator[str]:
    """Yield a sentence for each part of `value` that has no canonical form, with its path."""
    if depth > _DEEPEST:
        yield f"The value is nested more than {_DEEPEST} deep, or contains itself, at {path[:80]}…"
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from _refused_key(key, path)
            yield from _refusals(member, f"{path}.{key}", depth + 1)
    elif isinstance(value, list | tuple):
        for index, member in enumerate(value):
            yield from _refusals(member, f"{path}[{index}]", depth + 1)
    else:
        yield from _refused_scalar(value, path)


def _refused_key(key: Any, path: str) -> Iterator[str]:
    if not isinstance(key, str):
        yield f"A key at {path} is {key!r}, a {type(key).__name__}: JSON has only text for keys."
    elif not _is_unicode(key):
        yield f"A key at {path} holds half of a surrogate pair: it is no Unicode text."


def _refused_scalar(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str):
        if not _is_unicode(value):
            yield f"The text at {path} holds half of a surrogate pair: it is no Unicode text."
    elif isinstance(value, int):
        if abs(value) > _MOST:
            yield f"The number at {path} is beyond 2^53 - 1, where JSON numbers stop being exact: write it as text."
    elif isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            yield f"The number at {path} is {value}: JSON has only finite numbers."
    elif value is not None:
        yield f"The value at {path} is a {type(value).__name__}, which JSON does not have: write it as text first."


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
