"""Files as bytes: found safely, unpacked as they are read, and cut where a record ends.

Memory stays flat: there is one piece of `settings.IMPORT_PIECE_BYTES` at a time, and what one record may still need.
"""

import csv
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.ingest.mapping import FileMapping
from customers.ingest.reasons import write_reason

PIECE = 2**20
LONGEST_RECORD = 4 * 2**20
ALWAYS_ALLOWED = 64 * 2**20  # small archives of very even rows
BOM = b"\xef\xbb\xbf"
csv.field_size_limit(LONGEST_RECORD)


@dataclass(frozen=True)
class Measured:
    """A whole file as it was found: bytes after unpacking, and their SHA-256."""

    path: Path
    size: int
    sha256: str


@dataclass(frozen=True)
class Refused:
    """A record that is no row: its line, why, and its text."""

    line: int
    reason: str
    text: str
    column: str = ""


def find_file(folder: Path, name: str) -> Path | None:
    """Return the file `name` or `name.gz` in `folder`, or None. One that a link leads out of the folder is refused."""
    home = folder.resolve()
    for candidate in (name, f"{name}.gz"):
        path = home / candidate
        if not path.exists():
            continue
        if not path.resolve().is_relative_to(home) or not path.is_file():
            raise ValidationError(
                _("%(name)s is no ordinary file inside the folder: put a copy there.") % {"name": candidate}
            )
        return path
    return None


def open_file(path: Path) -> IO[bytes]:
    """Open a file for reading; one that ends in .gz is unpacked on the way."""
    return cast(IO[bytes], gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb", buffering=0))


def measure(path: Path) -> Measured:
    """Read a file once for its size and hash, so that a broken archive is found before anything is loaded."""
    digest, size = hashlib.sha256(), 0
    try:
        with open_file(path) as file:
            while piece := file.read(PIECE):
                digest.update(piece)
                size += len(piece)
                refuse_bomb(path, size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValidationError(
            _("%(name)s is no whole gzip file (it breaks off after %(size)s bytes): fetch it again.")
            % {"name": path.name, "size": size}
        ) from error
    except OSError as error:
        raise ValidationError(
            _("%(name)s cannot be read: %(error)s.") % {"name": path.name, "error": error.strerror}
        ) from error
    return Measured(path, size, digest.hexdigest())


def refuse_bomb(path: Path, size: int) -> None:
    """Refuse a file while it is unpacked: larger than any may be, or so much larger than its archive that it is a trap."""
    packed = path.stat().st_size if path.suffix == ".gz" else size
    most = max(packed * settings.UNPACKED_MAX_RATIO, ALWAYS_ALLOWED)
    if size > min(most, settings.UNPACKED_MAX_BYTES):
        raise ValidationError(
            _("%(name)s unpacks to more than %(size)d MB: that is no file of rows. Split it if it is one.")
            % {"name": path.name, "size": size // 2**20}
        )


def skip_to(file: IO[bytes], offset: int) -> None:
    """Go to `offset` of the unpacked bytes; an archive is read up to there, in pieces."""
    if not isinstance(file, gzip.GzipFile):
        file.seek(offset)
        return
    while offset and (piece := file.read(min(PIECE, offset))):
        offset -= len(piece)


def read_header(path: Path, style: FileMapping) -> tuple[list[str], int, int]:
    """Return the columns' names, the bytes and the lines before the first row. An empty file has no names at all.

    Raises ValidationError where lines end in a bare CR, or the first line is not text in the stated encoding.
    """
    with open_file(path) as file:
        start = file.read(2**20)
    skipped = len(BOM) if start.startswith(BOM) else 0
    if style.header:
        return list(style.header), skipped, 0
    if b"\n" not in start and b"\r" in start:
        raise ValidationError(
            _("%(name)s ends its lines with CR alone: save it with LF or CRLF.") % {"name": path.name}
        )
    used = _whole_record(start[skipped:], style.quote.encode())
    try:
        text = start[skipped : skipped + used].decode(style.encoding)
    except UnicodeDecodeError as error:
        raise ValidationError(
            _("The first line of %(name)s is not written in %(encoding)s: state its encoding in the mapping.")
            % {"name": path.name, "encoding": style.encoding}
        ) from error
    if "\0" in text:
        raise ValidationError(
            _("%(name)s holds zero bytes in its first line: it is no text file.") % {"name": path.name}
        )
    names = next(csv.reader(io.StringIO(text, newline=""), delimiter=style.separator, quotechar=style.quote), [])
    return [name.strip() for name in names], skipped + used, text.count("\n")


def _whole_record(start: bytes, quote: bytes) -> int:
    """Return how many bytes the first record takes, its line end included."""
    end = -1
    while (end := start.find(b"\n", end + 1)) >= 0:
        if start.count(quote, 0, end) % 2 == 0:
            return end + 1
    return len(start)


def pieces(path: Path, style: FileMapping, *, offset: int) -> Iterator["Piece"]:
    """Yield the rows from `offset` on, in pieces that end where a record ends.

    A caller that could use less of a piece than it was given says so with `piece.used`; the rest comes again.
    """
    quote = style.quote.encode()
    size = settings.IMPORT_PIECE_BYTES
    with open_file(path) as file:
        skip_to(file, offset)
        kept, last = b"", False
        while True:
            more = b"" if last else file.read(size)
            last = last or not more
            buffer = kept + more
            if not buffer:
                return
            cut = len(buffer) if last else _cut(buffer, quote)
            if not cut and not last and len(buffer) <= LONGEST_RECORD + size:
                kept = buffer
                continue
            piece = Piece(buffer[: cut or len(buffer)], offset, is_whole=bool(cut), is_last=last)
            yield piece
            offset += piece.used
            kept = buffer[piece.used :]


@dataclass
class Piece:
    """Bytes of a file from `offset` on. `is_whole`: quotes are in pairs, so it seems to end where a record ends."""

    content: bytes
    offset: int
    is_whole: bool
    is_last: bool
    used: int = -1

    def __post_init__(self) -> None:
        self.used = len(self.content)


def _cut(buffer: bytes, quote: bytes) -> int:
    """Return the place behind the last line end at which the quotation marks so far are in pairs, or 0."""
    end = buffer.rfind(b"\n")
    if end < 0:
        return 0
    odd = buffer.count(quote, 0, end) % 2
    for _try in range(10_000):
        if not odd:
            return end + 1
        before = buffer.rfind(b"\n", 0, end)
        if before < 0:
            return 0
        odd ^= buffer.count(quote, before, end) % 2
        end = before
    return 0


def parse(
    piece: Piece, style: FileMapping, *, columns: int, first_line: int
) -> tuple[list[tuple[int, list[str]]], list[Refused]]:
    """Read a piece record by record, for pieces that COPY does not take: return rows with their lines, and what is no
    row.

    Sets `piece.used` to the end of the last whole record. A quotation mark that is never closed costs its own line
    alone.
    """
    lines = piece.content.splitlines(keepends=True) if b"\r" not in piece.content else _lines(piece.content)
    rows: list[tuple[int, list[str]]] = []
    refused: list[Refused] = []
    at, used = 0, 0
    while at < len(lines):
        taken, cells = _record(lines, at, style)
        if not taken and not piece.is_last and sum(map(len, lines[at:])) <= LONGEST_RECORD:
            break
        taken = max(taken, 1)
        raw = b"".join(lines[at : at + taken])
        if cells is None:
            refused.append(Refused(first_line + at, write_reason("quote"), _shown(raw, style)))
        elif cells:
            _sort_out(rows, refused, cells, raw, first_line + at, columns, style)
        used += len(raw)
        at += taken
    piece.used = used
    return rows, refused


def has_loose_quotes(content: bytes, style: FileMapping) -> bool:
    """Return whether a quotation mark stands inside a text (`5" pipe`), where COPY would drop it."""
    quote, separator = re.escape(style.quote.encode()), re.escape(style.separator.encode())
    loose = rb"[^%b%b\n]%b[^%b%b\r\n]" % (quote, separator, quote, quote, separator)
    return style.quote.encode() in content and re.search(loose, content) is not None


def _lines(content: bytes) -> list[bytes]:
    """Return lines by LF alone: a CR inside a line is for the csv reader to judge."""
    found = content.split(b"\n")
    return [line + b"\n" for line in found[:-1]] + ([found[-1]] if found[-1] else [])


def _record(lines: list[bytes], at: int, style: FileMapping) -> tuple[int, list[str] | None]:
    """Return how many lines the record at `at` takes, and its cells.

    No lines and no cells: a quotation mark is opened and not closed in what is left."""
    length = 0
    for taken in range(1, len(lines) - at + 1):
        line = lines[at + taken - 1]
        length += len(line)
        if length > LONGEST_RECORD:
            break
        if taken > 1 and style.quote.encode() not in line:
            continue
        text = b"".join(lines[at : at + taken]).decode(style.encoding, "surrogateescape")
        try:
            reader = csv.reader(
                io.StringIO(text, newline=""), delimiter=style.separator, quotechar=style.quote, strict=True
            )
            return taken, next(reader, [])
        except csv.Error as error:
            if "unexpected end" not in str(error):  # `"a"b`, which every reader takes for ab
                return taken, next(csv.reader([text], delimiter=style.separator, quotechar=style.quote), [])
    return 0, None


def _sort_out(rows, refused, cells: list[str], raw: bytes, line: int, columns: int, style: FileMapping) -> None:
    text = "".join(cells)
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        refused.append(Refused(line, write_reason("encoding", expected=style.encoding), _shown(raw, style)))
    elif "\0" in text:
        refused.append(Refused(line, write_reason("nul"), _shown(raw, style)))
    elif len(cells) != columns:
        refused.append(Refused(line, write_reason("columns", value=len(cells), expected=columns), _shown(raw, style)))
    else:
        rows.append((line, cells))


def _shown(raw: bytes, style: FileMapping) -> str:
    return raw[:2000].decode(style.encoding, "replace").replace("\0", "␀").rstrip("\r\n")[:500]
