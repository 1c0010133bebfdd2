"""A file whose columns are named as the fields of its target needs no mapping: it is written from the file's first line."""

import codecs
import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterable
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.ingest.targets import Target

LOOKED_AT = 64 * 1024
SEPARATORS = ",;\t"
# Spreadsheets in China save so where they do not save as UTF-8.
ENCODINGS = ("utf-8", "gb18030")


def plain_mapping(target: Target, *, source: str, name: str, file: IO[bytes]) -> bytes:
    """Return the text of a mapping for one file; ValidationError names the columns that are no fields."""
    encoding, separator, header = _first_line(name, file)
    known = {spec.name for spec in target.fields}
    if strange := [column for column in header if column not in known]:
        raise ValidationError(
            _(
                "%(file)s has columns that are no fields here: %(strange)s. Rename them or leave them out; known are %(known)s."
            )
            % {
                "file": name,
                "strange": ", ".join(strange[:20]),
                "known": ", ".join(spec.name for spec in target.fields),
            }
        )
    return _written(target, source, name, encoding, separator, header).encode()


def _written(target: Target, source: str, name: str, encoding: str, separator: str, header: Iterable[str]) -> str:
    quoted = json.dumps
    lines = [
        "[source]", f"code = {quoted(source)}", "[[files]]", f"name = {quoted(name, ensure_ascii=False)}",
        f"target = {quoted(target.name)}", f"encoding = {quoted(encoding)}", f"separator = {quoted(separator)}",
        "[files.columns]", *(f"{column} = {quoted(column)}" for column in header),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _first_line(name: str, file: IO[bytes]) -> tuple[str, str, list[str]]:
    """Return how a file is written, what separates its columns, and their names."""
    try:
        head = (gzip.GzipFile(fileobj=file) if name.endswith(".gz") else file).read(LOOKED_AT)
    except (OSError, EOFError, zlib.error) as error:
        raise ValidationError(_("%(file)s is no whole gzip file: fetch it again.") % {"file": name}) from error
    finally:
        file.seek(0)
    encoding, text = _decoded(head, name)
    line = text.lstrip("\ufeff").partition("\n")[0]
    separator = max(SEPARATORS, key=line.count)
    header = [column.strip() for column in next(csv.reader(io.StringIO(line), delimiter=separator), [])]
    if not any(header):
        raise ValidationError(_("%(file)s names no columns in its first line.") % {"file": name})
    return encoding, separator, header


def _decoded(head: bytes, name: str) -> tuple[str, str]:
    for encoding in ENCODINGS:
        try:
            return encoding, codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
    raise ValidationError(_("%(file)s is no text in UTF-8 or GB 18030: save it as UTF-8.") % {"file": name})
