"""Those tied to a customer as a drawing: the customer in the middle, the others around, a line each."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any

from customers.masking import Masked
from customers.services.related import WORDS, Related

WIDTH, HEIGHT, RADIUS_X, RADIUS_Y = 640, 360, 250, 140


@dataclass(frozen=True)
class Node:
    """A customer at a place of the drawing; `kind` tells ties of a contract from things that are merely shared."""

    x: int
    y: int
    reference: str
    name: str
    words: str
    kind: str

    @property
    def url(self) -> str:
        return f"/customers/{self.reference}/"


def drawn(found: list[Related], masked: Masked) -> list[Node]:
    """Place everybody on an ellipse, beginning on top."""
    return [_node(one, place, len(found), masked) for place, one in enumerate(found)]


def _node(one: Related, place: int, among: int, masked: Masked) -> Node:
    angle = 2 * pi * place / among - pi / 2
    shared = {"phone", "device", "address"}.issuperset(one.ties)
    return Node(
        x=round(WIDTH / 2 + RADIUS_X * cos(angle)),
        y=round(HEIGHT / 2 + RADIUS_Y * sin(angle)),
        reference=one.customer.reference,
        name=masked.name(one.customer),
        words=", ".join(str(WORDS[tie]) for tie in one.ties),
        kind="shared" if shared else "contract",
    )


def context_of(found: list[Related], masked: Masked) -> dict[str, Any]:
    middle = {"x": WIDTH // 2, "y": HEIGHT // 2}
    return {"nodes": drawn(found, masked), "width": WIDTH, "height": HEIGHT, "middle": middle}
