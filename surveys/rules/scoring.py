"""Points, and the band that a score is in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from surveys.rules.branching import counted_answers, holds, shown_questions
from surveys.rules.definitions import Band, Definition, Question


def points_of(question: Question, value: Any) -> int:
    """Return what an answer is worth: nothing where there is none."""
    if value in (None, "", []):
        return 0
    if question.kind in ("single", "multiple"):
        chosen = value if isinstance(value, list | tuple) else [value]
        points = [option.points for option in question.options if option.key in chosen]
        return (max(points, default=0)) if question.counts == "highest" else sum(points)
    if question.kind == "text":
        return 0
    reached = [step for step in question.steps if step.least <= Decimal(str(value))]
    return max(reached, key=lambda step: step.least).points if reached else 0


def score_of(definition: Definition, answers: Mapping[str, Any]) -> int:
    """Return the sum of the points of the questions that were shown."""
    return sum(
        points_of(question, answers.get(question.key)) for question in shown_questions(definition.questions, answers)
    )


def band_of(definition: Definition, answers: Mapping[str, Any]) -> Band | None:
    """Return the band of these answers: that of the first override that they meet, else that of the score."""
    counted = counted_answers(definition, answers)
    named = next((one.band for one in definition.overrides if holds(one.condition, counted)), None)
    if named is not None:
        return next((band for band in definition.bands if band.code == named), None)
    score = score_of(definition, answers)
    reached = [band for band in definition.bands if band.least <= score]
    return max(reached, key=lambda band: band.least, default=None)


def least_and_most(definition: Definition) -> tuple[int, int]:
    """Return bounds of the score: what is hidden or left out counts nothing."""
    bounds = [_bounds(question) for question in definition.questions]
    return sum(low for low, _high in bounds), sum(high for _low, high in bounds)


def _bounds(question: Question) -> tuple[int, int]:
    can_be_left = question.shown_if is not None or not question.required
    if question.kind == "single" or (question.kind == "multiple" and question.counts == "highest"):
        worth = [option.points for option in question.options]
    elif question.kind == "multiple":
        points = [option.points for option in question.options]
        falls, rises = [p for p in points if p < 0], [p for p in points if p > 0]
        worth = [sum(falls) or min(points, default=0), sum(rises) or max(points, default=0)]
    else:
        starts_late = not question.steps or question.least is None or question.steps[0].least > question.least
        worth = [step.points for step in question.steps] + ([0] if starts_late else [])
    worth = [*worth, *([0] if can_be_left or not worth else [])]
    return min(worth), max(worth)
