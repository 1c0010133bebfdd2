"""What somebody who types into a search box means."""

import re
from dataclasses import dataclass, field

REFERENCE = re.compile(r"c[- ]?(\d{4,12})", re.IGNORECASE)
CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
NUMBER = re.compile(r"[\d\sxX()+\-.]{4,32}")
TAIL = re.compile(r"\d{3}[\dxX]")
BESIDE_A_NAME = re.compile(r"\d{3,7}[\dxX]")  # a tail of four to eight
GLUED = re.compile(r"(?<=[\u3400-\u9fff\uf900-\ufaff])(?=\d)|(?<=[\dxX])(?=[\u3400-\u9fff\uf900-\ufaff])")
WORD = re.compile(r"[^\W_]+", re.UNICODE)
DOCUMENT = re.compile(r"(?=(?:.*\d){4})(?=.*[A-Za-z])[A-Za-z0-9()]{6,20}")
LONGEST = 80
SHORTEST_NUMBER = 7  # the shortest telephone number of a person


@dataclass(frozen=True)
class Sought:
    """A search text taken apart: a customer number, a telephone, identity or card number, its last four to eight, a document
    whose number has letters, words of a name."""

    reference: str = ""
    email: str = ""
    number: str = ""
    tail: str = ""
    document: str = ""
    name: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.reference or self.email or self.number or self.tail or self.document or self.name)


def read_search(text: str) -> Sought:
    """Take a typed text apart. A name and four to eight last digits may stand together in either order: `王 1234`
    means both, and so does `1234王`.

    Words of a name come in lower case, each CJK character a word of its own."""
    text = " ".join(text.split())[:LONGEST]
    if match := REFERENCE.fullmatch(text):
        return Sought(reference=f"C-{match.group(1)}")
    if "@" in text and " " not in text:
        return Sought(email=text)
    if NUMBER.fullmatch(text) and len(re.sub(r"\D", "", text)) >= 3:
        compact = re.sub(r"[^\dxX+]", "", text)
        return Sought(tail=compact) if TAIL.fullmatch(compact) else Sought(number=text)
    if DOCUMENT.fullmatch(text):
        return Sought(document=text)
    words = GLUED.sub(" ", text).split()
    tails = [word for word in words if BESIDE_A_NAME.fullmatch(word)]
    names = [word for word in words if not BESIDE_A_NAME.fullmatch(word)]
    return Sought(tail=tails[0] if len(tails) == 1 else "", name=_name_words(" ".join(names)))


def number_in(sought: Sought) -> tuple[str, str]:
    """Return by what kind of number a search names one person, and that number; two empty texts where it names nobody.

    A telephone, identity, card or document number, an e-mail address, the last four of a number. Shorter numbers are
    somebody still typing, and a customer number is ours and says nothing of a person.
    """
    if sought.email:
        return "email", sought.email
    if sought.document:
        return "document", sought.document
    if sought.number and len(re.sub(r"\D", "", sought.number)) >= SHORTEST_NUMBER:
        return "number", re.sub(r"[^\dxX+]", "", sought.number)
    return ("last_four", sought.tail) if sought.tail else ("", "")


def _name_words(text: str) -> list[str]:
    return WORD.findall(CJK.sub(lambda match: f" {match.group()} ", text.lower()))


def prefix_query(words: list[str]) -> str:
    """Return the tsquery text that finds names with all of `words`, the Latin ones as beginnings of words."""
    return " & ".join(f"'{word}'" if CJK.fullmatch(word) else f"'{word}':*" for word in words)
