"""What an uploaded file is by its first bytes, whatever its name says."""

GZIP = b"\x1f\x8b"
# Files that are no rows of text; the name is what people call them.
FOREIGN = {
    b"PK\x03\x04": "ZIP", b"%PDF-": "PDF", b"\xd0\xcf\x11\xe0": "Office 97", b"\x7fELF": "ELF", b"MZ": "EXE",
    b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"7z\xbc\xaf": "7z", b"Rar!": "RAR", b"BZh": "bzip2",
    b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd",
}  # fmt: skip


def foreign_kind(name: str, head: bytes) -> str:
    """Return what a file is that is neither text nor what its name promises, or nothing.

    >>> foreign_kind("a.csv", b"%PDF-1.7")
    'PDF'
    >>> foreign_kind("a.csv.gz", b"id,name"), foreign_kind("a.csv", b"id,name")
    ('text', '')
    """
    if name.endswith(".gz"):
        return "" if head.startswith(GZIP) else foreign_kind("", head) or "text"
    if head.startswith(GZIP):
        return "gzip"
    return next((kind for mark, kind in FOREIGN.items() if head.startswith(mark)), "")


COPIES = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def kind_of_copy(head: bytes) -> str:
    """Return the media type of a picture or PDF by its first bytes, or nothing for anything else.

    >>> kind_of_copy(b"%PDF-1.7"), kind_of_copy(b"<svg onload=")
    ('application/pdf', '')
    """
    return next((media_type for mark, media_type in COPIES.items() if head.startswith(mark)), "")
