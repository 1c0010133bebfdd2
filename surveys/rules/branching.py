"""Which questions somebody is asked, from what they answered before; and whether each can be reached at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import combinations
from typing import Any

from surveys.rules.definitions import Condition, Definition, Question

Answers = Mapping[str, Any]
State = frozenset[tuple[str, Any]]
MOST_STATES = 20_000  # ways through a questionnaire that are followed; one with more is too tangled to be checked


def holds(condition: Condition, answers: Answers) -> bool:
    """Return whether a condition is met. A question that was not asked, or not answered, meets none but `not`."""
    if "all" in condition:
        return all(holds(one, answers) for one in condition["all"])
    if "any" in condition:
        return any(holds(one, answers) for one in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], answers)
    value = answers.get(condition["question"])
    if value in (None, "", []):
        return False
    if "is" in condition:
        chosen = value if isinstance(value, list | tuple) else [value]
        return any(one in condition["is"] for one in chosen)
    return _lies(value, condition)


def _lies(value: Any, condition: Condition) -> bool:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return False
    return ("least" not in condition or number >= Decimal(condition["least"])) and (
        "most" not in condition or number <= Decimal(condition["most"])
    )


def shown_questions(questions: Sequence[Question], answers: Answers) -> list[Question]:
    """Return the questions that these answers lead to, in order. Answers to questions that are not shown do not
    count."""
    counted: dict[str, Any] = {}
    shown = []
    for question in questions:
        if question.shown_if is None or holds(question.shown_if, counted):
            shown.append(question)
            if question.key in answers:
                counted[question.key] = answers[question.key]
    return shown


def counted_answers(definition: Definition, answers: Answers) -> dict[str, Any]:
    """Return the answers to the questions that are shown."""
    shown = {question.key for question in shown_questions(definition.questions, answers)}
    return {key: value for key, value in answers.items() if key in shown}


def conditions_in(condition: Condition | None) -> Iterator[Condition]:
    """The single conditions within a condition, each about one question."""
    if not condition:
        return
    for joined in ("all", "any"):
        if joined in condition:
            for one in condition[joined]:
                yield from conditions_in(one)
            return
    if "not" in condition:
        yield from conditions_in(condition["not"])
    else:
        yield condition


def asked_of(condition: Condition | None) -> set[str]:
    """The keys of the questions that a condition looks at."""
    return {one["question"] for one in conditions_in(condition)}


def unreachable(questions: Sequence[Question]) -> list[Question] | None:
    """Return the questions that no answers lead to; None where the ways are too many to be followed.

    Every way is followed, with one representative for each set of answers that no condition tells apart."""
    states: set[State] = {frozenset()}
    lost = []
    for position, question in enumerate(questions):
        later = set().union(*(asked_of(one.shown_if) for one in questions[position + 1 :]))
        states, is_reached = _after(question, states, later, _told_apart(question, questions))
        if not is_reached:
            lost.append(question)
        if len(states) > MOST_STATES:
            return None
    return lost


def _after(question: Question, states: set[State], later: set[str], values: list[Any]) -> tuple[set[State], bool]:
    found: set[State] = set()
    is_reached = False
    for state in states:
        kept = frozenset(pair for pair in state if pair[0] in later)
        if question.shown_if is not None and not holds(question.shown_if, dict(state)):
            found.add(kept)
            continue
        is_reached = True
        if question.key not in later:
            found.add(kept)
            continue
        found.update(kept | {(question.key, value)} for value in values)
    return found, is_reached


def _told_apart(question: Question, questions: Sequence[Question]) -> list[Any]:
    """One answer for each set of answers that conditions of later questions do not tell apart, and none at all."""
    about = [one for other in questions for one in conditions_in(other.shown_if) if one["question"] == question.key]
    none = [] if question.required else [None]
    if question.kind in ("single", "multiple"):
        named = {key for one in about for key in one.get("is", [])}
        known = [option.key for option in question.options if option.key in named]
        others = [option.key for option in question.options if option.key not in named][:1]
        if question.kind == "single":
            return [*known, *others, *none]
        sets = [chosen for n in range(len(known + others)) for chosen in combinations(known + others, n + 1)]
        return [*sets, *none]
    if question.kind == "text":
        return ["x", *none]
    return [*_numbers(question, about), *none]


def _numbers(question: Question, about: list[Condition]) -> list[str]:
    bounds = {Decimal(one[end]) for one in about for end in ("least", "most") if end in one}
    near = {bound + step for bound in bounds for step in (Decimal(-1), Decimal("-0.01"), 0, Decimal("0.01"), 1)}
    ends = {end for end in (question.least, question.most) if end is not None} or {Decimal(0)}
    fits = [
        one
        for one in near | ends
        if (question.least is None or one >= question.least) and (question.most is None or one <= question.most)
    ]
    whole = [one for one in fits if question.kind == "number" or one == one.to_integral_value()]
    return [str(one) for one in sorted(whole)]
