"""What a round of a questionnaire has found so far: how many answered, what was answered to each question."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from identification.models import AnswerTag, Invitee, SelfAssessment
from surveys.models import Answer, Response
from surveys.rules.branching import counted_answers
from surveys.rules.definitions import Definition, Question, in_language
from surveys.rules.reliability import Alpha, cronbach_alpha


@dataclass(frozen=True)
class Said:
    """One answer in words, by whom, with the words that readers put on it."""

    response_id: int
    by: str
    text: str
    tags: Sequence[str]


@dataclass(frozen=True)
class QuestionResult:
    """`counts` are the possible answers in order, each with how many gave it; `mean` is that of a scale or a number."""

    question: Question
    answered: int
    counts: Sequence[tuple[str, int]]
    mean: Decimal | None
    said: Sequence[Said]


@dataclass(frozen=True)
class RoundResult:
    """`rate` is answered over asked, a fraction; None where nobody is asked any more. Whoever left before answering is
    not asked."""

    asked: int
    answered: int
    left: int
    rate: Decimal | None
    questions: Sequence[QuestionResult]
    alpha: Alpha


def results_of(assessment: SelfAssessment, language: str) -> RoundResult:
    """Return what a round has found, in words of a language; answers to questions that were hidden count nothing."""
    invitees = list(assessment.invitees.select_related("user"))
    left = sum(one.has_left for one in invitees)
    asked, answered = len(invitees) - left, sum(one.answered_at is not None for one in invitees)
    definition = assessment.version.definition
    answers = _answers(assessment, invitees, definition)
    return RoundResult(
        asked=asked,
        answered=answered,
        left=left,
        rate=Decimal(answered) / asked if asked else None,
        questions=_questions(definition, answers, _called(assessment, invitees), language),
        alpha=_alpha(definition, answers),
    )


def responses_of(assessment: SelfAssessment) -> Any:
    """The answers that were handed in, as rows of the room of questionnaires."""
    subjects = assessment.invitees.values("pk")
    return Response.objects.filter(purpose=assessment.purpose, subject__in=subjects).submitted()


def _answers(
    assessment: SelfAssessment, invitees: Sequence[Invitee], definition: Definition
) -> dict[int, Mapping[str, Any]]:
    given: dict[int, dict[str, Any]] = defaultdict(dict)
    rows = Answer.objects.filter(response__in=responses_of(assessment)).order_by("response_id")
    for response, question, value in rows.values_list("response_id", "question", "value"):
        given[response][question] = value
    return {response: counted_answers(definition, values) for response, values in given.items()}


def _called(assessment: SelfAssessment, invitees: Sequence[Invitee]) -> dict[int, str]:
    by_subject = {one.pk: str(one) for one in invitees}
    return {pk: by_subject[subject] for pk, subject in responses_of(assessment).values_list("pk", "subject")}


def _questions(
    definition: Definition, answers: Mapping[int, Mapping[str, Any]], called: Mapping[int, str], language: str
) -> list[QuestionResult]:
    tags = defaultdict(list)
    for response, key, tag in AnswerTag.objects.filter(response__in=answers).values_list("response", "question", "tag"):
        tags[response, key].append(tag)
    found = []
    for question in definition.questions:
        given = {pk: one[question.key] for pk, one in answers.items() if one.get(question.key) not in (None, "", [])}
        texts = given if question.kind == "text" else {}
        found.append(
            QuestionResult(
                question=question,
                answered=len(given),
                counts=_counts(question, list(given.values()), language),
                mean=_mean(question, list(given.values())),
                said=[Said(pk, called[pk], str(text), tags[pk, question.key]) for pk, text in texts.items()],
            )
        )
    return found


def _counts(question: Question, values: Sequence[Any], language: str) -> list[tuple[str, int]]:
    if question.kind in ("single", "multiple"):
        chosen = Counter(key for value in values for key in (value if isinstance(value, list) else [value]))
        return [(in_language(option.text, language), chosen[option.key]) for option in question.options]
    if question.kind == "scale":
        given = Counter(int(value) for value in values)
        return [(str(step), given[step]) for step in range(int(question.least or 0), int(question.most or 0) + 1)]
    return []


def _mean(question: Question, values: Sequence[Any]) -> Decimal | None:
    if question.kind not in ("scale", "number") or not values:
        return None
    return sum((Decimal(str(value)) for value in values), Decimal(0)) / len(values)


def _alpha(definition: Definition, answers: Mapping[int, Mapping[str, Any]]) -> Alpha:
    """Over the scales that everybody is asked, and the people who answered all of them."""
    keys = [one.key for one in definition.questions if one.kind == "scale" and one.shown_if is None]
    rows = [
        [int(one[key]) for key in keys] for one in answers.values() if all(one.get(key) is not None for key in keys)
    ]
    found = cronbach_alpha(rows)
    return Alpha(found.value, len(keys), found.people, found.why)
