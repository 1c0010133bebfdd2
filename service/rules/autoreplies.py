"""Which mails a machine wrote: they are kept and never answered (RFC 3834, RFC 2919, RFC 3464)."""

import re

from service.rules.letters import Letter

SENDERS = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|daemon)([+.-].*)?@", re.IGNORECASE)
BULK = {"bulk", "junk", "list", "auto_reply", "auto-reply"}
MARKS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "x-mail-autoreply")
SUBJECTS = re.compile(
    r"^(automatic reply|auto[- ]?reply|out of office|autoreply|自动回复|自動回覆|自动答复|外出自動回覆)\b",
    re.IGNORECASE,
)
REPORTS = {"delivery-status", "feedback-report"}
HEADER_OF_OURS = "X-Meridian-Mailbox"


def why_automatic(letter: Letter) -> str:
    """Return why a mail was written by a machine: `bounce`, `list` or `automatic`; nothing for one of a person."""
    if letter.kind == "multipart/report" and letter.report_type in REPORTS:
        return "bounce"
    if letter.header("return-path").strip() == "<>" and SENDERS.match(letter.sender or "mailer-daemon@"):
        return "bounce"
    said = letter.header("auto-submitted").split(";")[0].strip().lower()
    if said not in ("", "no") or any(letter.header(mark) for mark in MARKS):
        return "automatic"
    if any(letter.header(name) for name in ("list-id", "list-unsubscribe", "list-post")):
        return "list"
    if letter.header("precedence").strip().lower() in BULK or letter.header("return-path").strip() == "<>":
        return "automatic"
    return "automatic" if SENDERS.match(letter.sender) or SUBJECTS.match(letter.subject) else ""


def may_be_acknowledged(letter: Letter) -> bool:
    """Whether the sender's program wants no automatic answer, and whether there is anybody to answer."""
    suppressed = letter.header("x-auto-response-suppress").lower()
    return bool(letter.sender) and not any(word in suppressed for word in ("all", "oof", "autoreply", "dr"))


def is_own(letter: Letter, mailbox_codes: set[str], addresses: set[str]) -> bool:
    """Whether a mail comes from one of our own mailboxes: answering it would go round for ever."""
    return letter.header(HEADER_OF_OURS.lower()) in mailbox_codes - {""} or letter.sender in addresses
