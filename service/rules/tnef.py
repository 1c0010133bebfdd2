"""Files inside `winmail.dat`, the envelope of its own that Outlook sends (MS-OXTNEF)."""

import struct
from collections.abc import Iterator

from service.rules.charsets import read_bytes

SIGNATURE = 0x223E9F78
TITLE, CONTENT, RENDERING = 0x8010, 0x800F, 0x9002
MOST_FILES = 50


def is_tnef(raw: bytes) -> bool:
    return len(raw) > 6 and struct.unpack_from("<I", raw)[0] == SIGNATURE


def files_in_tnef(raw: bytes) -> list[tuple[str, bytes]]:
    """Return names and contents of the files in an envelope; a broken one gives those before the break."""
    files: list[tuple[str, bytes]] = []
    name, content = "", b""
    for attribute, value in _attributes(raw):
        if attribute == RENDERING:
            files += [(name, content)] if content else []
            name, content = "", b""
        elif attribute == TITLE:
            name = read_bytes(value.rstrip(b"\0"), "gb18030")
        elif attribute == CONTENT:
            content = value
    files += [(name, content)] if content else []
    return files[:MOST_FILES]


def _attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Each is: level (1 byte), number (2), type (2), length (4), value, checksum (2)."""
    place = 6
    while place + 9 <= len(raw):
        _level, number, _kind, length = struct.unpack_from("<BHHI", raw, place)
        place += 9
        if place + length + 2 > len(raw):
            return
        yield number, raw[place : place + length]
        place += length + 2
