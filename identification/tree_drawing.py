"""A tree of causes as a page draws it: boxes from left to right, lines, and gates with the signs of IEC 60617-12."""

from collections.abc import Sequence
from dataclasses import dataclass

from identification.models import CauseNode, CauseTree
from identification.rules.tree_layout import Place, broken, lay_out

WIDTH, COLUMN = 220, 290  # of a box, and from one to the next
LINE, PAD, BETWEEN = 17, 10, 16  # height of a line, edge of a box, from a box to the next below it
SIGNS, LINES = 30, 4  # how much stands in a box; all of it is told by its title, and by the list
MARGIN = 4
GATES = {"or": "≥1", "and": "&"}


@dataclass(frozen=True)
class Box:
    """Left upper corner, size and lines (with where each stands) of one box."""

    x: float
    y: float
    width: int
    height: int
    text: str
    lines: list[tuple[float, str]]
    css: str


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    boxes: list[Box]
    lines: list[str]
    gates: list[tuple[float, float, str]]


def draw_tree(tree: CauseTree, nodes: Sequence[CauseNode]) -> Drawing:
    """Draw a tree of these causes; asks the database nothing."""
    places = lay_out({node.pk: node.parent_id for node in nodes})
    texts: dict[int | None, str] = {None: tree.top_event} | {node.pk: node.text for node in nodes}
    kinds: dict[int | None, str] = {None: "top"} | {node.pk: node.kind for node in nodes}
    lines = {key: broken(text, SIGNS, LINES) for key, text in texts.items()}
    pitch = LINE * max(map(len, lines.values())) + 2 * PAD + BETWEEN
    boxes = [_box(places[key], pitch, texts[key], lines[key], kinds[key]) for key in texts]
    return Drawing(
        width=max(place.column for place in places.values()) * COLUMN + WIDTH + 2 * MARGIN,
        height=round((max(place.row for place in places.values()) + 1) * pitch - BETWEEN + 2 * MARGIN),
        boxes=boxes,
        lines=[_line(places[node.parent_id], places[node.pk], pitch) for node in nodes],
        gates=_gates(nodes, places, pitch),
    )


def _middle(place: Place, pitch: int) -> float:
    return round(MARGIN + place.row * pitch + (pitch - BETWEEN) / 2, 1)


def _box(place: Place, pitch: int, text: str, lines: list[str], kind: str) -> Box:
    height = LINE * len(lines) + 2 * PAD
    y = round(_middle(place, pitch) - height / 2, 1)
    placed = [(round(y + PAD + LINE * (number + 0.5), 1), line) for number, line in enumerate(lines)]
    return Box(MARGIN + place.column * COLUMN, y, WIDTH, height, text, placed, f"why-{kind}")


def _line(parent: Place, child: Place, pitch: int) -> str:
    """The way from a box to what leads to it, in straight pieces."""
    begins, ends = MARGIN + parent.column * COLUMN + WIDTH, MARGIN + child.column * COLUMN
    return f"M{begins} {_middle(parent, pitch)}H{(begins + ends) / 2:g}V{_middle(child, pitch)}H{ends}"


def _gates(nodes: Sequence[CauseNode], places: dict[int | None, Place], pitch: int) -> list[tuple[float, float, str]]:
    """Where and of what kind; a gate of one cause says nothing. What stands under the top event is any of them."""
    under: dict[int | None, int] = {}
    for node in nodes:
        under[node.parent_id] = under.get(node.parent_id, 0) + 1
    kinds: dict[int | None, str] = {None: "or"} | {node.pk: node.gate for node in nodes}
    middle = MARGIN + WIDTH + (COLUMN - WIDTH) / 2
    return [
        (middle + places[key].column * COLUMN, _middle(places[key], pitch), GATES[kinds[key]])
        for key, count in under.items()
        if count > 1
    ]
