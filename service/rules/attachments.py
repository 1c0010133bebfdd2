"""What a file that came with a message is by its first bytes, and why it is not kept where it is dangerous."""

import io
import zipfile
from pathlib import PurePosixPath

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from service.rules.charsets import on_one_line

PLAIN = "text/plain"
PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xfe\xed\xfa\xce",
    b"#!",
    b"L\x00\x00\x00\x01\x14\x02",
)
MARKUP = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<iframe", b"<?xml")
KINDS = [
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!", "application/vnd.rar"),
]
OFFICE = {"word": "wordprocessingml.document", "xl": "spreadsheetml.sheet", "ppt": "presentationml.presentation"}
RUNNING = [
    ".exe",
    ".dll",
    ".scr",
    ".com",
    ".pif",
    ".msi",
    ".bat",
    ".cmd",
    ".ps1",
    ".vbs",
    ".vbe",
    ".js",
    ".jse",
    ".wsf",
    ".hta",
    ".lnk",
    ".jar",
    ".apk",
    ".sh",
    ".app",
    ".iso",
    ".img",
    ".reg",
]
MOST_ENTRIES, MOST_RATIO, MOST_UNPACKED = 1_000, 200, 500 * 2**20
EMPTY = _("it is empty")
PROGRAM = _("programs are not taken")
PAGE = _("pages with scripts are not taken")
BOMB = _("it unpacks to far more than it weighs")
BROKEN = _("the archive is broken")


def media_type_of(raw: bytes) -> str:
    """Return the kind of a file by its bytes alone.

    >>> media_type_of(b"%PDF-1.7"), media_type_of("余额".encode()), media_type_of(bytes(range(256)))
    ('application/pdf', 'text/plain', 'application/octet-stream')
    """
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "image/webp"
    if raw[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "image/heic"
    found = next((kind for mark, kind in KINDS if raw.startswith(mark)), "")
    if found == "application/zip":
        return _office_kind(raw) or found
    return found or (PLAIN if _is_text(raw[:4096]) else "application/octet-stream")


def _is_text(head: bytes) -> bool:
    return b"\0" not in head and not any(sign < 9 or 13 < sign < 27 for sign in head)


def _office_kind(raw: bytes) -> str:
    try:
        names = zipfile.ZipFile(io.BytesIO(raw)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return ""
    found = next((kind for folder, kind in OFFICE.items() if any(name.startswith(f"{folder}/") for name in names)), "")
    return f"application/vnd.openxmlformats-officedocument.{found}" if found else ""


def why_not_kept(name: str, raw: bytes) -> str | Promise | None:
    """Return why a file is not taken, or None. Its name counts only against it."""
    if not raw:
        return EMPTY
    start = raw[:512].lstrip().lower()
    if raw.startswith(PROGRAMS) or _runs(name):
        return PROGRAM
    if start.startswith(MARKUP) and b"<script" in raw.lower() or start.startswith(MARKUP[:5]):
        return PAGE
    return _why_not_unpacked(raw) if raw.startswith(b"PK\x03\x04") else None


def _why_not_unpacked(raw: bytes) -> str | Promise | None:
    """An archive is judged by its list of contents; nothing is unpacked here."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(raw)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return BROKEN
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > min(MOST_UNPACKED, MOST_RATIO * max(len(raw), 1024)):
        return BOMB
    return PROGRAM if any(_runs(entry.filename) for entry in entries) else None


def _runs(name: str) -> bool:
    return on_one_line(name, 400).lower().rstrip(". ").endswith(tuple(RUNNING))


def safe_name(name: str) -> str:
    """Return a file's name without folders and signs that deceive; never empty."""
    bare = PurePosixPath(on_one_line(name, 400).replace("\\", "/")).name.strip(". ")
    stem, dot, ending = bare.rpartition(".")
    return (f"{stem[:180]}{dot}{ending[:15]}" if dot else bare[:190]) or "file"
