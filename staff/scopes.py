"""Which business lines and regions there are to choose from when a person's scope is set.

The rooms above know; each registers its own in `AppConfig.ready`:

    from staff.scopes import register_scope
    register_scope("business_lines", lambda: LineCode.choices)

A field without a source is typed by hand, separated by commas.
"""

from collections.abc import Callable, Iterable
from typing import Any

SCOPES: dict[str, Callable[[], Iterable[tuple[str, Any]]]] = {}
FIELDS = ("business_lines", "regions")


def register_scope(field: str, choices: Callable[[], Iterable[tuple[str, Any]]]) -> None:
    """Say what can be chosen for `business_lines` or `regions`: a function that returns (code, label) pairs."""
    if field not in FIELDS:
        raise ValueError(f"A person's scope has {' and '.join(FIELDS)}, not {field!r}.")
    SCOPES[field] = choices


def scope_choices(field: str, *, also: Iterable[str] = ()) -> list[tuple[str, Any]]:
    """Return what can be chosen, and what is chosen already even if it is offered no more."""
    offered = list(SCOPES[field]()) if field in SCOPES else []
    known = {code for code, _label in offered}
    return [*offered, *((code, code) for code in also if code not in known)]


def scope_labels(field: str, codes: Iterable[str]) -> list[str]:
    """Return the names of the codes in a person's scope, in the active language."""
    names = dict(scope_choices(field))
    return [str(names.get(code, code)) for code in codes]
