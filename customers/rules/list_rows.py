"""Rows of a watch list, in the layouts that are read, as entries or as the reason why they are none.

`meridian`: a heading line with any of id, kind, name, aliases, birth_date, countries, identifiers, program, note; several
values of a cell are parted by semicolons. `sdn`: the twelve columns of the OFAC SDN list in CSV, without a heading, where
`-0-` is nothing and birth dates, nationality, documents and weak names stand in the remarks.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from customers.rules.names import read_name

COLUMNS = ("id", "kind", "name", "aliases", "birth_date", "countries", "identifiers", "program", "note")
SDN_COLUMNS = 12
NOTHING = "-0-"
LONGEST_NAME, LONGEST_NOTE, LONGEST_ID, LONGEST_NUMBER = 400, 20_000, 64, 64
MOST_NAMES, MOST_VALUES = 100, 50
KINDS = {"": "person", "person": "person", "individual": "person", "entity": "entity", "organisation": "entity",
         "organization": "entity", "vessel": "other", "aircraft": "other", "other": "other"}  # fmt: skip
YEAR = re.compile(r"(1[89]|20)\d\d")
ALSO_KNOWN = re.compile(r"(?:a\.k\.a\.|f\.k\.a\.|n\.k\.a\.)\s*['\"]([^'\"]+)['\"]", re.IGNORECASE)
BORN = re.compile(r"\bDOB\s+(?:circa\s+)?((?:\d{1,2}\s+)?(?:[A-Z][a-z]{2}\s+)?\d{4})")
NATIONAL = re.compile(r"\b(?:nationality|citizen)\s+([A-Z][A-Za-z ,'-]+?)\s*(?:;|\.|$)")
NUMBERED = re.compile(
    r"\b(?:Passport|National ID No\.|Identification Number|Tax ID No\.|Registration (?:ID|Number)|Unified Social Credit"
    r" Code \(USCC\)|Citizen's Card Number|National Foreign ID Number)\s+([A-Z0-9][A-Z0-9-]{3,30})"
)
COUNTRIES = {
    "afghanistan": "AF", "belarus": "BY", "china": "CN", "colombia": "CO", "cuba": "CU", "egypt": "EG", "hong kong": "HK",
    "iran": "IR", "iraq": "IQ", "korea, north": "KP", "north korea": "KP", "lebanon": "LB", "libya": "LY",
    "mexico": "MX", "burma": "MM", "myanmar": "MM", "pakistan": "PK", "russia": "RU", "somalia": "SO", "sudan": "SD",
    "syria": "SY", "turkey": "TR", "ukraine": "UA", "venezuela": "VE", "yemen": "YE", "taiwan": "TW", "macau": "MO",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """An entry as it is kept."""

    external_id: str
    kind: str
    names: tuple[str, ...]
    birth_dates: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    program: str = ""
    note: str = ""

    @property
    def digest(self) -> str:
        """The same for the same content, whatever the order of its names."""
        content = {**asdict(self), "names": [self.names[0], *sorted(self.names[1:])]}
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Reject:
    """A row that was not taken: its line in the file, the code of the reason, and its beginning."""

    line: int
    reason: str
    text: str


class RowError(ValueError):
    """Why a row is no entry; its text is a code of `RejectReason`."""


def read_rows(lines: Iterable[str]) -> Iterator[Entry | Reject]:
    """Return an entry or a reject for each row, in order. Bytes that are not UTF-8 come as lone surrogates
    (`errors="surrogateescape"`). Nothing that stands in a file raises."""
    reader = csv.reader(_clean(lines))
    heading: list[str] | None = None
    seen: set[str] = set()
    first = True
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Reject(reader.line_num, "too_long", "")
            continue
        if first and (found := _heading(row)):
            heading, first = found, False
            continue
        first = False
        if not any(cell.strip() for cell in row) or row == ["\x1a"]:  # SDN.CSV ends with the mark of an old system
            continue
        yield _entry_or_reject(row, heading, reader.line_num, seen)


def _clean(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield (line.lstrip("\ufeff") if number == 0 else line).replace("\x00", "\ufffd")


def _heading(row: Sequence[str]) -> list[str] | None:
    names = [cell.strip().lower() for cell in row]
    return names if "name" in names and "id" in names else None


def _entry_or_reject(row: list[str], heading: list[str] | None, line: int, seen: set[str]) -> Entry | Reject:
    try:
        _check_text(row)
        entry = _of_columns(row, heading) if heading else _of_sdn(row)
        if entry.external_id in seen:
            raise RowError("repeated")
    except RowError as error:
        return Reject(line, str(error), _shown(row))
    seen.add(entry.external_id)
    return entry


def _shown(row: list[str]) -> str:
    return ",".join(row).encode("utf-8", "replace").decode()[:300]


def _check_text(row: list[str]) -> None:
    if any("\ud800" <= sign <= "\udfff" or sign == "\ufffd" for cell in row for sign in cell[:LONGEST_NOTE]):
        raise RowError("encoding")
    if any(len(cell) > LONGEST_NOTE for cell in row):
        raise RowError("too_long")


def _of_columns(row: list[str], heading: list[str]) -> Entry:
    if len(row) != len(heading):
        raise RowError("cells")
    said = {name: cell.strip() for name, cell in zip(heading, row, strict=True) if name in COLUMNS}
    kind = said.get("kind", "").lower()
    if kind not in KINDS:
        raise RowError("kind")
    return Entry(
        external_id=_number(said["id"]),
        kind=KINDS[kind],
        names=_names([said["name"], *_parts(said.get("aliases", ""))]),
        birth_dates=tuple(_birth_date(part) for part in _parts(said.get("birth_date", ""))),
        countries=tuple(_country(part) for part in _parts(said.get("countries", ""))),
        identifiers=tuple(part[:LONGEST_ID] for part in _parts(said.get("identifiers", ""))),
        program=said.get("program", "")[:200],
        note=said.get("note", ""),
    )


def _of_sdn(row: list[str]) -> Entry:
    if len(row) != SDN_COLUMNS:
        raise RowError("cells")
    cells = ["" if cell.strip() == NOTHING else cell.strip() for cell in row]
    number, name, kind, program, remarks = cells[0], cells[1], cells[2].lower(), cells[3], cells[11]
    places = [COUNTRIES.get(found.strip().lower(), "") for found in NATIONAL.findall(remarks)]
    return Entry(
        external_id=_number(number),
        kind={"individual": "person", "": "entity"}.get(kind, "other"),
        names=_names([name, *ALSO_KNOWN.findall(remarks)]),
        birth_dates=tuple(dict.fromkeys(_spoken_date(found) for found in BORN.findall(remarks)[:MOST_VALUES])),
        countries=tuple(dict.fromkeys(place for place in places if place)),
        identifiers=tuple(dict.fromkeys(NUMBERED.findall(remarks)[:MOST_VALUES])),
        program=program[:200],
        note=remarks,
    )


def _parts(cell: str) -> list[str]:
    return [part for part in dict.fromkeys(part.strip() for part in cell.split(";")) if part][:MOST_NAMES]


def _number(text: str) -> str:
    if not text or len(text) > LONGEST_NUMBER:
        raise RowError("no_id")
    return text


def _names(names: list[str]) -> tuple[str, ...]:
    """The main name first; one without a letter is no name."""
    if any(len(name) > LONGEST_NAME for name in names):
        raise RowError("too_long")
    kept = tuple(name for name in dict.fromkeys(" ".join(name.split()) for name in names) if read_name(name).forms)
    if not kept or not names[0].strip():
        raise RowError("no_name")
    return kept[:MOST_NAMES]


def _birth_date(text: str) -> str:
    if YEAR.fullmatch(text):
        return text
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise RowError("birth_date") from error


def _spoken_date(text: str) -> str:
    """`12 Dec 1950` as a day, `Dec 1950` and `1950` as a year."""
    try:
        return datetime.strptime(text, "%d %b %Y").date().isoformat()
    except ValueError:
        return text[-4:]


def _country(text: str) -> str:
    code = COUNTRIES.get(text.lower(), text.upper())
    if not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise RowError("country")
    return code
