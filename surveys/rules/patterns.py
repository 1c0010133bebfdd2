"""Signs in the answers that nobody read the questions. Each is a code with its figures; sentences are made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from surveys.rules.branching import shown_questions
from surveys.rules.definitions import Definition, Question


@dataclass(frozen=True)
class Sign:
    code: str
    values: dict[str, Any]


def straight_line(definition: Definition, answers: Mapping[str, Any]) -> Sign | None:
    """Return a sign where as many questions in a row as the version names were answered in the same place."""
    bound, longest, run, last = definition.reliability.same_place, 0, 0, None
    if not bound:
        return None
    for question in shown_questions(definition.questions, answers):
        place = _place(question, answers.get(question.key))
        if place is None:
            continue
        run = run + 1 if place == last else 1
        longest, last = max(longest, run), place
    return Sign("straight_line", {"n": longest}) if longest >= bound else None


def _place(question: Question, value: Any) -> int | None:
    """Where among its options an answer stands, from the top; only where it is one of several."""
    if question.kind == "single":
        return next((place for place, option in enumerate(question.options) if option.key == value), None)
    if question.kind == "scale" and value is not None and question.least is not None:
        return int(value) - int(question.least)
    return None


def too_fast(definition: Definition, seconds: Sequence[float | None]) -> Sign | None:
    """Return a sign where half of the questions were answered in less time than the version names."""
    known = [one for one in seconds if one is not None]
    bound = definition.reliability.least_seconds
    if not bound or len(known) < 2 or median(known) >= bound:
        return None
    return Sign("too_fast", {"seconds": round(median(known), 1), "least": bound})


def signs_in(definition: Definition, answers: Mapping[str, Any], seconds: Sequence[float | None]) -> list[Sign]:
    """Return all signs that the answers alone give."""
    return [sign for sign in (straight_line(definition, answers), too_fast(definition, seconds)) if sign]
