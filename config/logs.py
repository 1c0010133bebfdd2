"""Lines of the application's log, without what could name a customer."""

import logging

from customers.rules.masking import mask_in_text


class MaskingFormatter(logging.Formatter):
    """Masks e-mail addresses, identity, card and telephone numbers in the whole line, tracebacks included: an address
    that somebody typed wrongly, or the message of a database, may hold one.
    """

    def format(self, record: logging.LogRecord) -> str:
        return mask_in_text(super().format(record))
