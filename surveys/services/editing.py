"""Single changes of a draft's document: texts, questions, their order, bands."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from staff.models import User
from surveys.models import QuestionnaireVersion
from surveys.rules.branching import asked_of
from surveys.services.questionnaires import change_draft

Document = dict[str, Any]


def write_texts(*, actor: User, version_id: int, **texts: Any) -> QuestionnaireVersion:
    """Set what stands around the questions: title, introduction, thanks, and when answers look unread."""

    def change(document: Document) -> None:
        document.update(texts)

    return change_draft(actor=actor, version_id=version_id, change=change)


def write_question(*, actor: User, version_id: int, key: str, question: Document) -> QuestionnaireVersion:
    """Put `question` in the place of the one called `key`, or at the end where there is none; conditions that look at a
    renamed question follow it."""

    def change(document: Document) -> None:
        keys = [one["key"] for one in document["questions"]]
        new = question["key"]
        if new != key and new in keys:
            raise ValidationError({"key": _("There is a question of this key already.")})
        if key in keys:
            document["questions"][keys.index(key)] = question
            if new != key:
                _rename(document, key, new)
        else:
            document["questions"].append(question)

    return change_draft(actor=actor, version_id=version_id, change=change)


def _rename(part: Any, old: str, new: str) -> None:
    """Let every condition within `part` look at `new` where it looked at `old`."""
    if isinstance(part, dict):
        if part.get("question") == old:
            part["question"] = new
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            _rename(one, old, new)


def move_question(*, actor: User, version_id: int, key: str, by: int) -> QuestionnaireVersion:
    """Move a question up (-1) or down (+1); at the end it stays."""

    def change(document: Document) -> None:
        questions = document["questions"]
        place = _place(questions, key)
        to = min(max(place + by, 0), len(questions) - 1)
        questions.insert(to, questions.pop(place))

    return change_draft(actor=actor, version_id=version_id, change=change)


def remove_question(*, actor: User, version_id: int, key: str) -> QuestionnaireVersion:
    """Take a question out; one that others look at stays, and they are named."""

    def change(document: Document) -> None:
        questions = document["questions"]
        place = _place(questions, key)
        looking = [one["key"] for one in questions if key in asked_of(one.get("shown_if"))]
        looking += [one["band"] for one in document["overrides"] if key in asked_of(one["if"])]
        if looking:
            raise ValidationError(
                _("These look at it: %(names)s. Change their conditions first.") % {"names": ", ".join(looking)}
            )
        questions.pop(place)

    return change_draft(actor=actor, version_id=version_id, change=change)


def _place(questions: list[Document], key: str) -> int:
    found = next((place for place, one in enumerate(questions) if one["key"] == key), None)
    if found is None:
        raise ValidationError(
            _("There is no question %(key)s any more: somebody has changed the draft.") % {"key": key}
        )
    return found


def write_bands(
    *, actor: User, version_id: int, bands: list[Document], overrides: list[Document]
) -> QuestionnaireVersion:
    """Set the bands of the score, and the answers that decide the band by themselves."""

    def change(document: Document) -> None:
        document["bands"], document["overrides"] = bands, overrides

    return change_draft(actor=actor, version_id=version_id, change=change)
