"""Bytes of a mail read as text, whatever their sender says they are."""

import codecs
import re
from email.errors import HeaderParseError
from email.header import decode_header

# A label that names too little: mails that say GB2312 write signs that only GB18030 has, and Big5 is Windows' own.
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "gb18030": "gb18030", "big5": "cp950"}
NO_CHARSETS = {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7", "mbcs", "oem"}
GUESSES = ("utf-8", "gb18030", "cp950")
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f]")  # signs that turn the direction of what follows


def read_bytes(raw: bytes, charset: str = "") -> str:
    """Return `raw` as text: by the charset that is said, by a wider one of its family, or by the first guess that fits.

    Never raises; what no charset explains stays as replacement signs."""
    said = _known(charset)
    for name in dict.fromkeys([WIDER.get(said, said), *GUESSES]):
        try:
            return raw.decode(name) if name else ""
        except (UnicodeError, LookupError):
            continue
    return raw.decode(said or "utf-8", "replace")


def _known(charset: str) -> str:
    """Return Python's own name of a charset of text, or `utf-8` where it is none."""
    try:
        found = codecs.lookup(charset.strip().strip("\"'") or "utf-8")
    except (LookupError, ValueError):
        return "utf-8"
    is_text = getattr(found, "_is_text_encoding", True) and found.name.replace("_", "-") not in NO_CHARSETS
    return found.name if is_text else "utf-8"


def read_header(raw: str) -> str:
    """Return a header as people read it, on one line: encoded words of any charset, bytes without any, broken ones as
    they stand."""
    written = raw.encode("utf-8", "surrogateescape")
    text = read_bytes(written) if not raw.isascii() else raw
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError):
        parts = [(text, None)]
    said = "".join(part if isinstance(part, str) else read_bytes(part, charset or "utf-8") for part, charset in parts)
    return " ".join(without_unseen(said).split())


def without_unseen(text: str) -> str:
    """Drop signs that neither people nor the database can read: control signs, halves of surrogate pairs."""
    return UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def on_one_line(text: str, longest: int) -> str:
    """Return a name or subject without line breaks and without signs that turn its direction, cut to `longest`."""
    return " ".join(TURNS.sub("", without_unseen(text)).split())[:longest].strip()
