"""A mail taken apart: who wrote, in answer to what, which words, which files. Nothing in it is trusted, nothing raises."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import getaddresses

from service.rules.attachments import media_type_of
from service.rules.charsets import on_one_line, read_bytes, read_header, without_unseen
from service.rules.quotes import part_quoted
from service.rules.texts import text_of_html, tidy
from service.rules.tnef import files_in_tnef, is_tnef

LONGEST_ID = 200
MOST_BOUNDARIES, MOST_COLONS = 5_000, 300_000
MOST_PARTS, MOST_FILES, MOST_REFERENCES, DEEPEST = 400, 50, 30, 30
LONGEST_TEXT = 2_000_000  # signs that are read of one text; the whole is kept as it came
# The newer policy parses each header by grammar, and raises from within on those of hostile and broken programs.
LENIENT = policy.compat32
IDS = re.compile(r"<([^<>\s]{3,900})>")
ADDRESS = re.compile(r"[^@\s<>\"(),;:]{1,120}@[^@\s<>\"(),;:]{1,190}")


@dataclass(frozen=True)
class File:
    """A file of a mail: the name that it came under and its bytes."""

    name: str
    content: bytes


@dataclass
class Letter:
    """What a mail says. `headers` holds every header by its name in lower case; `report` what a delivery report says."""

    key: str
    message_id: str = ""
    sender: str = ""
    sender_name: str = ""
    receivers: list[str] = field(default_factory=list)
    subject: str = ""
    refers_to: list[str] = field(default_factory=list)
    headers: dict[str, list[str]] = field(default_factory=dict)
    kind: str = ""
    report_type: str = ""
    text: str = ""
    quoted: str = ""
    files: list[File] = field(default_factory=list)
    report: list[str] = field(default_factory=list)
    is_readable: bool = True

    def header(self, name: str) -> str:
        return next(iter(self.headers.get(name, [])), "")


def read_letter(raw: bytes) -> Letter:
    """Take a mail apart. One that cannot be read at all gives a letter with nothing but its headers and its key."""
    if raw.count(b"\n--") > MOST_BOUNDARIES or raw.count(b":") > MOST_COLONS:
        return _headers_alone(raw)  # a tree of millions of parts or headers would take all memory there is
    try:
        message = BytesParser(policy=LENIENT).parsebytes(raw)
        letter = _with_headers(message, raw)
        _read_parts(message, letter)
    except Exception:  # the standard library raises whatever it stumbles over; the mail is kept whole in any case
        letter = _headers_alone(raw)
    letter.text, letter.quoted = part_quoted(tidy(letter.text))
    return letter


def read_headers(raw: bytes) -> Letter:
    """Take the head of a mail apart, whatever follows."""
    return _headers_alone(raw)


def _headers_alone(raw: bytes) -> Letter:
    head = re.split(rb"\r?\n\r?\n", raw[:200_000], maxsplit=1)[0]
    letter = _with_headers(BytesHeaderParser(policy=LENIENT).parsebytes(head + b"\n\n"), raw)
    letter.is_readable = False
    return letter


def key_of(message_id: str, raw: bytes) -> str:
    """Return by which a mail is known again: its number and its content without the head, which grows on the way.

    A mail that is delivered twice has one key; another one under the same number, as broken programs send, its own.
    """
    body = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[-1].replace(b"\r\n", b"\n").rstrip()
    return hashlib.sha256(message_id.encode("utf-8", "replace") + b"\0" + body).hexdigest()


def plain_id(text: str) -> str:
    """Return a Message-ID without brackets; one too long to keep as a hash."""
    found = IDS.search(text)
    bare = on_one_line(found.group(1) if found else text.strip().strip("<>"), 1_000)
    return bare if len(bare) <= LONGEST_ID else hashlib.sha256(bare.encode()).hexdigest()


def _with_headers(message: Message, raw: bytes) -> Letter:
    headers: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        headers.setdefault(str(name).lower(), []).append(str(value))
    first = {name: values[0] for name, values in headers.items()}
    message_id = plain_id(read_header(first.get("message-id", "")))
    senders = _addresses(headers.get("from", []) or headers.get("sender", []))
    receivers = [headers.get(name, []) for name in ("to", "cc", "delivered-to", "x-original-to", "envelope-to")]
    letter = Letter(
        key=key_of(message_id, raw),
        message_id=message_id,
        sender=senders[0][1] if senders else "",
        sender_name=senders[0][0] if senders else "",
        receivers=[address for values in receivers for _name, address in _addresses(values)][:100],
        subject=on_one_line(read_header(first.get("subject", "")), 900),
        refers_to=_ids([*headers.get("references", []), *headers.get("in-reply-to", [])]),
        headers={name: [read_header(value)[:2_000] for value in values[:20]] for name, values in headers.items()},
    )
    return letter


def _ids(values: list[str]) -> list[str]:
    """Return the last of the numbers that a mail answers, the nearest last."""
    found = [plain_id(f"<{one}>") for value in values for one in IDS.findall(read_header(value))]
    return list(dict.fromkeys(found))[-MOST_REFERENCES:]


def _addresses(values: list[str]) -> list[tuple[str, str]]:
    """Return names and addresses, the addresses in lower case; what is no address is left out."""
    read = [read_header(value)[:20_000] for value in values[:20]]
    try:
        pairs = getaddresses(read)
    except (ValueError, IndexError, AttributeError, RecursionError):
        pairs = []
    found = [(on_one_line(name, 120), address.strip().lower()) for name, address in pairs if ADDRESS.fullmatch(address)]
    return found or [("", one.lower()) for value in read for one in ADDRESS.findall(value)]


def _read_parts(message: Message, letter: Letter) -> None:
    letter.kind = message.get_content_type()
    letter.report_type = str(message.get_param("report-type", "") or "").lower()
    texts: list[str] = []
    pages: list[str] = []
    for part in _leaves(message):
        kind, name, content = part.get_content_type(), _file_name(part), _content(part)
        is_file = bool(name) or part.get_content_disposition() == "attachment"
        if kind.startswith("message/") or kind == "text/rfc822-headers":
            letter.report.append(_inner_text(part, content))
        elif kind == "text/plain" and not is_file:
            texts.append(read_bytes(content, _charset(part))[:LONGEST_TEXT])
        elif kind == "text/html" and not is_file:
            pages.append(read_bytes(content, _charset(part))[:LONGEST_TEXT])
        else:
            _add_file(letter, name, kind, content)
    plain = "\n\n".join(text for text in texts if text.strip())
    letter.text = plain or "\n\n".join(text_of_html(page) for page in pages)


def _leaves(message: Message) -> list[Message]:
    """Return the parts that hold something, in order, at most as many as a mail of people has."""
    found: list[Message] = []
    waiting = [(message, 0)]
    while waiting and len(found) < MOST_PARTS:
        part, depth = waiting.pop()
        inner = (
            part.get_payload() if part.is_multipart() and not part.get_content_type().startswith("message/") else None
        )
        if isinstance(inner, list) and depth < DEEPEST:
            waiting += [(one, depth + 1) for one in reversed(inner) if isinstance(one, Message)]
        else:
            found.append(part)
    return found


def _content(part: Message) -> bytes:
    """Return a part's bytes; broken base64 gives what can be read of it."""
    if part.get_content_type().startswith("message/"):
        return b""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        content = None
    return content if isinstance(content, bytes) else b""


def _charset(part: Message) -> str:
    try:
        return str(part.get_param("charset", "") or "")
    except (ValueError, LookupError, TypeError):
        return ""


def _inner_text(part: Message, content: bytes) -> str:
    """Return a mail inside a mail, or a report, as text: its head is what matters."""
    if content:
        return without_unseen(read_bytes(content)[:100_000])
    inner = part.get_payload()
    pieces = inner if isinstance(inner, list) else [inner]
    return without_unseen("\n\n".join(str(piece)[:100_000] for piece in pieces[:20]))


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, AttributeError, IndexError, TypeError):
        return "file"
    return read_header(str(name))[:400]


def _add_file(letter: Letter, name: str, kind: str, content: bytes) -> None:
    if len(letter.files) >= MOST_FILES or not (content or name):
        return
    if is_tnef(content):
        letter.files += [File(inner or "file", value) for inner, value in files_in_tnef(content)]
        return
    letter.files.append(File(name or _invented_name(kind, content), content))


def _invented_name(kind: str, content: bytes) -> str:
    endings = {"image/png": ".png", "image/jpeg": ".jpg", "application/pdf": ".pdf", "text/plain": ".txt"}
    return "file" + endings.get(media_type_of(content), f".{kind.rpartition('/')[2][:10]}" if kind else "")
