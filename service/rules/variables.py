"""Variables of canned replies: a closed list, put in once; what a value contains is never read again."""

import re
from collections.abc import Mapping

VARIABLES = (
    "customer.name",
    "customer.reference",
    "ticket.reference",
    "ticket.subject",
    "agent.name",
    "company.name",
    "today",
)
_MARK = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def unknown_variables(text: str) -> list[str]:
    """Return what stands between double braces and is no variable, each once, in order."""
    return list(dict.fromkeys(name for name in _MARK.findall(text) if name not in VARIABLES))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with each variable's value in its place. Unknown ones stay as they stand; values are words, so a
    mark inside one is not filled in again."""
    return _MARK.sub(lambda mark: values.get(mark.group(1), mark.group()), text)
