"""What people call a record, and what the log calls it: `C-100007` is record 7 of `customers_customer`.

The log knows tables and keys alone. An upper room says in its `AppConfig.ready` how people name its records:

    from audit.records import RecordNames, register_names
    register_names(RecordNames("customers_customer", find=pk_called, names=names_of))

`find(text)` returns the key of the record that people call so, or None; `names(keys)` returns, for keys of the table as
text, what each is called and the address of its page. Both with one query at most, and neither asks who reads: whoever
reads the log sees every record's number in it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 80
Named = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class RecordNames:
    """How records of one table are called."""

    table: str
    find: Callable[[str], int | str | None]
    names: Callable[[Collection[str]], Named]
    # Keys of other records whose history is this one's too.
    also: Callable[[str], Collection[str]] | None = None


REGISTERED: dict[str, RecordNames] = {}


def register_names(names: RecordNames) -> None:
    """Say how the records of a table are called. A second way for one table raises ValueError."""
    if REGISTERED.setdefault(names.table, names) != names:
        raise ValueError(f"Records of {names.table!r} have a name already: give each table one way of naming.")


def record_called(text: str, tables: Collection[str] = ()) -> tuple[str, str] | None:
    """Return table and key of the record that people call `text`, or None; `tables` narrows where it may stand."""
    text = text.strip()
    if not text or len(text) > LONGEST or "\0" in text:
        return None
    for names in REGISTERED.values():
        key = names.find(text) if not tables or names.table in tables else None
        if key is not None:
            return names.table, str(key)
    return None


def record_named(kwargs: Mapping[str, Any]) -> tuple[str, str]:
    """Return table and key of the record that an address names in people's words, else two empty texts."""
    for name in ("reference", "code"):
        if found := record_called(str(kwargs.get(name, ""))):
            return found
    return "", ""


def names_of_records(records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return name and address for those of `records` (table, key) whose room says them: one query a table."""
    keys: dict[str, set[str]] = {}
    for table, key in records:
        if table in REGISTERED and key:
            keys.setdefault(table, set()).add(key)
    return {
        (table, key): named for table, wanted in keys.items() for key, named in REGISTERED[table].names(wanted).items()
    }


def keys_of_history(table: str, key: str) -> list[str]:
    """Return the keys under which the history of a record stands: its own, and those that its room adds."""
    names = REGISTERED.get(table)
    return [key, *(names.also(key) if names and names.also else ())]


def numbers(keys: Collection[str]) -> list[int]:
    """Return those of `keys` that are numbers a key can hold; the log keeps every key as text."""
    return [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 19]
