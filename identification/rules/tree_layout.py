"""Where the boxes of a tree stand that grows from left to right, and how words break in a box."""

from collections.abc import Mapping
from dataclasses import dataclass
from unicodedata import east_asian_width


@dataclass(frozen=True)
class Place:
    """Column, counted from the top event at 0, and the row of the middle: parents stand amid what is under them."""

    column: int
    row: float


def lay_out(parents: Mapping[int, int | None]) -> dict[int | None, Place]:
    """Return the place of every cause and, under None, of the top event. `parents` maps each cause to what it leads to,
    in the order in which they are shown; what ends without a cause has a row of its own."""
    under: dict[int | None, list[int]] = {}
    for node, parent in parents.items():
        under.setdefault(parent, []).append(node)
    places: dict[int | None, Place] = {}
    _place(None, 0, under, places, 0)
    return places


def _place(
    node: int | None, column: int, under: Mapping[int | None, list[int]], places: dict[int | None, Place], row: int
) -> int:
    """Place a cause and all under it from `row` on; return the first row that is free after them."""
    begins, children = row, under.get(node, [])
    for child in children:
        row = _place(child, column + 1, under, places, row)
    if children:
        places[node] = Place(column, (places[children[0]].row + places[children[-1]].row) / 2)
        return row
    places[node] = Place(column, begins)
    return begins + 1


def broken(text: str, width: int, lines: int) -> list[str]:
    """Break a text into at most `lines` lines of `width`, in which a Chinese character counts twice; the last one ends
    with … where there was more. Words stay whole where they fit on a line."""
    found, line = [], ""
    for piece in _pieces(text, width):
        if line and measure(line + piece.rstrip()) > width:
            found.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    found.append(line.rstrip())
    if len(found) <= lines:
        return found
    last = found[lines - 1]
    while measure(last) >= width:
        last = last[:-1]
    return [*found[: lines - 1], f"{last.rstrip()}…"]


def measure(text: str) -> int:
    """How wide a text is: two for a character of Chinese, one for any other."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _pieces(text: str, width: int) -> list[str]:
    """What may not be parted: a word with the space after it, a Chinese character, a stretch of what is longer than a line."""
    pieces: list[str] = []
    word = ""
    for sign in " ".join(text.split()):
        if measure(sign) == 2 or measure(word) >= width:
            pieces += [word, sign] if measure(sign) == 2 else [word]
            word = "" if measure(sign) == 2 else sign
        else:
            word += sign
        if sign == " ":
            pieces.append(word)
            word = ""
    return [piece for piece in [*pieces, word] if piece]
