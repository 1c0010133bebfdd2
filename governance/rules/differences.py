"""What changed between two texts: paragraphs that stayed, came and went, and inside a changed one the words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "added", "removed"]
# A word of letters and digits, a Chinese sign by itself, a run of blanks, or any other sign.
WORDS = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]|[^\W_\u2e80-\u9fff\uf900-\ufaff]+|\s+|.", re.DOTALL)
MOST_WORDS = 2_000  # of one paragraph compared word by word; a longer one is shown as gone and come whole


@dataclass(frozen=True)
class Piece:
    """Words that stayed, came or went."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A line of the text: `kind` is `changed` where only some of its words are others."""

    kind: Literal["same", "added", "removed", "changed"]
    pieces: list[Piece]


def differences(old: str, new: str) -> list[Paragraph]:
    """Return every line of both texts in their order, as it came, went, changed or stayed. Empty lines are left out."""
    before, after = _lines(old), _lines(new)
    found: list[Paragraph] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Paragraph("same", [Piece("same", line)]) for line in before[i1:i2]]
        else:
            found += _replaced(before[i1:i2], after[j1:j2])
    return found


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def _replaced(before: Sequence[str], after: Sequence[str]) -> list[Paragraph]:
    """Lines that stand in one another's place are compared by words; what is left over came or went whole."""
    shared = min(len(before), len(after))
    found = [one for old, new in zip(before[:shared], after[:shared], strict=True) for one in _changed(old, new)]
    found += [Paragraph("removed", [Piece("removed", line)]) for line in before[shared:]]
    return found + [Paragraph("added", [Piece("added", line)]) for line in after[shared:]]


def _changed(old: str, new: str) -> list[Paragraph]:
    pieces = words_of(old, new)
    if any(piece.kind == "same" and piece.text.strip() for piece in pieces):
        return [Paragraph("changed", pieces)]
    return [Paragraph("removed", [Piece("removed", old)]), Paragraph("added", [Piece("added", new)])]


def words_of(old: str, new: str) -> list[Piece]:
    """Return two lines as pieces; the same ones give one piece that stayed."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    if max(len(before), len(after)) > MOST_WORDS:
        return [Piece("removed", old), Piece("added", new)]
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[i1:i2]), "".join(after[j1:j2])
        if tag == "equal":
            pieces.append(Piece("same", gone))
            continue
        pieces += [Piece("removed", gone)] if gone else []
        pieces += [Piece("added", come)] if come else []
    return pieces
