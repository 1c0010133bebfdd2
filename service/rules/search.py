"""What somebody who types into the search box of tickets means."""

import re

from customers.rules.search import CJK, LONGEST, WORD

TICKET = re.compile(r"t[- ]?(\d{4,12})", re.IGNORECASE)


def ticket_reference(text: str) -> str:
    """Return the ticket number that a typed text is (`t-000123`, `T 000123`), or an empty text where it is none."""
    match = TICKET.fullmatch(text.strip())
    return f"T-{match.group(1)}" if match else ""


def subject_words(text: str) -> list[str]:
    """Words of a subject as its index holds them: Latin words in lower case, each CJK sign a word of its own."""
    return WORD.findall(CJK.sub(lambda match: f" {match.group()} ", text[:LONGEST].lower()))
