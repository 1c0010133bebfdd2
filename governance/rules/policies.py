"""What a policy's texts are: Markdown by language, and one hash over them all."""

import hashlib
from collections.abc import Mapping
from datetime import date

from dateutil.relativedelta import relativedelta

from audit.rules.canonical import canonical_json


def digest_of(texts: Mapping[str, str]) -> str:
    """Return SHA-256 over the canonical JSON (RFC 8785) of `{language: text}`, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(dict(texts))).hexdigest()


def next_review(day: date, months: int) -> date:
    """Return the day `months` after `day`, the last of its month where there is no such day."""
    return day + relativedelta(months=months)
