"""What the log on standard error looks like: a message is one line, whatever somebody typed into it."""

import logging
import re

# Control characters, line separators, and signs that turn the direction of what follows.
FORGING = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class OneLine(logging.Formatter):
    """Writes what would begin a line, move the cursor or turn the text as its code: nobody forges an entry."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return FORGING.sub(lambda found: f"\\u{ord(found.group()):04x}", super().formatMessage(record))
