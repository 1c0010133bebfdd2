"""What the log on standard error looks like: a message is one line, and no line names a customer."""

import logging
import re

from customers.rules.masking import mask_in_text

# Control characters, line separators, and signs that turn the direction of what follows.
FORGING = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class SafeFormatter(logging.Formatter):
    """Writes what would begin a line, move the cursor or turn the text as its code: nobody forges an entry.

    E-mail addresses, identity, card and telephone numbers are masked in the whole of it, tracebacks included: an
    address that somebody typed wrongly, or the message of a database, may hold one.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        return FORGING.sub(lambda found: f"\\u{ord(found.group()):04x}", super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        return mask_in_text(super().format(record))
