"""One question after the other: the step that is next, and what was posted to it. For the public page and for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.forms import form_helper
from surveys.forms.answers import AnswerForm
from surveys.models import Response
from surveys.rules.branching import shown_questions
from surveys.rules.definitions import Question, in_language
from surveys.services.responses import answers_of, save_answer, submit

SIGNER = Signer(salt="surveys.shown")


@dataclass
class Step:
    """What is shown: one question with its form, or, where all are answered, what was said to each."""

    response: Response
    questions: list[Question]
    answers: dict[str, Any]
    language: str
    question: Question | None = None
    form: AnswerForm | None = None
    problem: str = ""

    @property
    def number(self) -> int:
        return self.questions.index(self.question) + 1 if self.question else len(self.questions)

    @property
    def before(self) -> str:
        """The key of the question before this one."""
        place = self.questions.index(self.question) if self.question else len(self.questions)
        return self.questions[place - 1].key if place else ""

    @property
    def shown_stamp(self) -> str:
        """When this was shown, signed, so that the time comes back as it was."""
        assert self.question is not None
        now = int(timezone.now().timestamp() * 1000)
        return SIGNER.sign_object([self.response.pk, self.question.key, now])

    @property
    def said(self) -> list[tuple[Question, str, str]]:
        """Each question with its text and what was answered, in words."""
        return [
            (one, in_language(one.text, self.language), in_words(one, self.answers.get(one.key), self.language))
            for one in self.questions
        ]


def in_words(question: Question, value: Any, language: str) -> str:
    if value in (None, "", []):
        return _("no answer")
    chosen = value if isinstance(value, list) else [value]
    names = {option.key: in_language(option.text, language) for option in question.options}
    return ", ".join(names.get(one, str(one)) for one in chosen) if names else str(value)


def step_of(request: HttpRequest, response: Response, language: str) -> Step:
    """Return the question asked for, else the first one without an answer, else none."""
    questions, answers = _way(response)
    step = Step(response, questions, answers, language)
    wanted = request.GET.get("q", "")
    step.question = next((one for one in questions if one.key == wanted), None) or next(
        (one for one in questions if one.key not in answers), None
    )
    if step.question:
        step.form = _form(step.question, language, initial={"answer": answers.get(step.question.key)})
    return step


def _way(response: Response) -> tuple[list[Question], dict[str, Any]]:
    answers = answers_of(response)
    return shown_questions(response.version.definition.questions, answers), answers


def _form(question: Question, language: str, *args: Any, **kwargs: Any) -> AnswerForm:
    form = AnswerForm(*args, question=question, language=language, **kwargs)
    form.helper = form_helper(form, _("Next"))
    form.helper.form_tag, form.helper.layout = False, None
    return form


def take(request: HttpRequest, response: Response, language: str) -> Step | None:
    """Keep what was posted and return None; where it cannot be taken, the step again with what is wrong."""
    step = step_of(request, response, language)
    if "submit" in request.POST:
        return _submitted(step)
    key = request.POST.get("question", "")
    question = next((one for one in step.questions if one.key == key), None)
    if question is None:
        step.problem = _("This question is not asked after your earlier answers.")
        return step
    step.question, step.form = question, _form(question, language, request.POST)
    if not step.form.is_valid():
        return step
    try:
        save_answer(
            response_id=response.pk, question=key, value=step.form.kept, language=language, at=timezone.now(),
            shown_at=_shown_at(response, key, request.POST.get("shown", "")),
        )  # fmt: skip
    except ValidationError as error:
        step.problem = " ".join(error.messages)
        return step
    return None


def _submitted(step: Step) -> Step | None:
    try:
        submit(response_id=step.response.pk, language=step.language, at=timezone.now())
    except ValidationError as error:
        step.problem = " ".join(error.messages)
        return step
    return None


def _shown_at(response: Response, key: str, stamp: str) -> datetime | None:
    try:
        pk, question, milliseconds = SIGNER.unsign_object(stamp)
    except (BadSignature, ValueError):
        return None
    if (pk, question) != (response.pk, key):
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
