"""Whether the questions of a scale measure one thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import variance


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha over so many questions and people; without a value, `why` says what is wanting: `questions`
    (fewer than two), `people` (fewer than two), `constant` (a question that everybody answered alike)."""

    value: float | None
    questions: int
    people: int
    why: str = ""


def cronbach_alpha(rows: Sequence[Sequence[int]]) -> Alpha:
    """Return alpha = k / (k − 1) · (1 − Σ variances of questions / variance of sums), variances of samples.

    A row is one person's answers to all `k` questions. It may be negative, where questions run against each other.
    Source: L. J. Cronbach, Coefficient alpha and the internal structure of tests, Psychometrika 16 (1951), 297–334.
    """
    people, questions = len(rows), len(rows[0]) if rows else 0
    if people < 2:
        return Alpha(None, questions, people, "people")
    if questions < 2:
        return Alpha(None, questions, people, "questions")
    exact = [[Fraction(value) for value in row] for row in rows]
    each = [variance(column) for column in zip(*exact, strict=True)]
    whole = variance([sum(row, Fraction(0)) for row in exact])
    if not all(each) or not whole:
        return Alpha(None, questions, people, "constant")
    return Alpha(float(Fraction(questions, questions - 1) * (1 - sum(each) / whole)), questions, people)
