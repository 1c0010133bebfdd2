"""Whether somebody may be written to or called, from what they said last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

ANY = "any"
Words = Mapping[tuple[str, str], "Word"]


@dataclass(frozen=True)
class Word:
    """A yes or a no, and when it was said."""

    given: bool
    at: datetime


def standing_word(words: Words, purpose: str, channel: str) -> Word | None:
    """Return what stands for a purpose and a channel: the newer of the word for that channel and the word for any; of
    two said at once the no. None where nothing was ever said.
    """
    said = [word for one in (channel, ANY) if (word := words.get((purpose, one)))]
    return max(said, key=lambda word: (word.at, not word.given), default=None)


def is_agreed(words: Words, purpose: str, channel: str) -> bool:
    """Return whether there is a yes that was not taken back. Silence is a no (PIPL art. 14; GDPR art. 4(11))."""
    word = standing_word(words, purpose, channel)
    return word is not None and word.given


def stricter(records: Sequence[Words]) -> Words:
    """Return one set of words for several records of one person: a no on any of them is a no, whenever it was said."""
    if len(records) < 2:
        return records[0] if records else {}
    joined = {}
    for purpose, channel in {key for words in records for key in words}:
        said = [word for words in records if (word := standing_word(words, purpose, channel))]
        joined[purpose, channel] = Word(all(word.given for word in said), max(word.at for word in said))
    return joined
