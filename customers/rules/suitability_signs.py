"""Signs in answers that only who knows the customer sees: what does not fit the record, or came too conveniently."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from surveys.rules.branching import shown_questions
from surveys.rules.definitions import Definition, Option
from surveys.rules.patterns import Sign

CLASSES = ("C0", "C1", "C2", "C3", "C4", "C5")
# An assessment with one of these counts only once somebody has looked at it.
GRAVE = frozenset({"raised_after_refusal", "age_differs"})


def said_about(definition: Definition, answers: Mapping[str, Any], about: str) -> tuple[Decimal | None, Decimal | None]:
    """Return the numbers between which the answers say that something lies; (None, None) where they say nothing."""
    for question in shown_questions(definition.questions, answers):
        if question.about != about or answers.get(question.key) in (None, "", []):
            continue
        value = answers[question.key]
        if question.kind in ("number", "scale"):
            return Decimal(str(value)), Decimal(str(value))
        option = next((one for one in question.options if one.key == value), None)
        if option is not None:
            return _ends(option)
    return None, None


def _ends(option: Option) -> tuple[Decimal | None, Decimal | None]:
    return tuple(None if end is None else Decimal(end) for end in (option.low, option.high))  # type: ignore[return-value]


def age_differs(definition: Definition, answers: Mapping[str, Any], age: int | None) -> Sign | None:
    """Return a sign where the age that was given is not the one on record."""
    low, high = said_about(definition, answers, "age")
    if age is None or (low is None and high is None):
        return None
    fits = (low is None or age >= low) and (high is None or age <= high)
    return None if fits else Sign("age_differs", {})


def income_differs(definition: Definition, answers: Mapping[str, Any], inflow: Decimal | None) -> Sign | None:
    """Return a sign where the least income of the answer is more than what came in over a year at the pace on record."""
    low, _high = said_about(definition, answers, "income")
    if inflow is None or not low or low <= inflow:
        return None
    return Sign("income_differs", {})


def raised_after_refusal(*, now: str, before: str, days: int | None, within: int | None, changed: int) -> Sign | None:
    """Return a sign where the class rose within so many days of a refusal for the class, by answers that were changed.

    `days` is how long ago the last such refusal was; None for none."""
    if days is None or within is None or days > within or not before or not changed:
        return None
    if CLASSES.index(now) <= CLASSES.index(before):
        return None
    return Sign("raised_after_refusal", {"n": changed, "days": days})
