"""Passwords that are refused, found out without asking anybody: common ones, patterns, and words of one's own company.

zxcvbn knows 30,000 passwords from breaches, names, words, dates and keyboard patterns, and counts the guesses that a
password would take. Django's own list of 20,000 stands before it.
"""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SAFE = 3  # of zxcvbn's 0 to 4: at least 10^8 guesses
LONGEST_READ = 72  # what zxcvbn reads; whatever comes behind only makes it harder
SHORTEST_WORD = 4


class NotGuessableValidator:
    """Refuse what could be guessed: too common, a pattern, or built from a word that belongs to the person or company."""

    def validate(self, password: str, user: Any = None) -> None:
        from zxcvbn import zxcvbn  # its lists take a tenth of a second, and are needed here alone

        words = context_words(user)
        for word in words:
            if word in password.lower():
                raise ValidationError(
                    _("The password holds “%(word)s”, which whoever knows you or the company would try first."),
                    code="password_context", params={"word": word},
                )  # fmt: skip
        if zxcvbn(password[:LONGEST_READ], user_inputs=words)["score"] < SAFE:
            raise ValidationError(
                _("The password is easy to guess: it is built from common words, names, dates or keys in a row."),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return gettext_lazy("Several words that do not belong together are easy to remember and hard to guess.")


def context_words(user: Any) -> list[str]:
    """Return the words that stand for this company and this person: names, and the parts of the e-mail."""
    texts = [settings.COMPANY_NAME, getattr(user, "email", ""), getattr(user, "full_name", "")]
    parts = {part for text in texts for part in re.split(r"[\W_]+", (text or "").lower())}
    return sorted(part for part in parts if len(part) >= SHORTEST_WORD and part not in {"mail", "gmail", "example"})
