"""What the room of questionnaires is told about rounds: who is asked, and what becomes of their answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from django.db.models import QuerySet

from audit.services import emit
from identification.models import AssessmentPurpose, Invitee
from identification.services.self_assessments import check_invitee, take_answers
from staff.models import User
from surveys.purposes import Purpose, register_purpose


def register() -> None:
    for purpose in AssessmentPurpose:
        register_purpose(
            Purpose(
                purpose.value,
                purpose.label,
                subjects=invitees_of(purpose.value),
                named=named,
                opened=opened,
                check=check_invitee,
                submitted=take_answers,
            )
        )


def invitees_of(purpose: str) -> Callable[[User], QuerySet]:
    return lambda user: Invitee.objects.visible_to(user).filter(assessment__purpose=purpose)


def named(keys: Collection[int]) -> Mapping[int, tuple[str, str]]:
    found = Invitee.objects.filter(pk__in=keys).select_related("user", "assessment")
    return {one.pk: (str(one), f"/identification/self-assessments/{one.assessment.reference}/") for one in found}


def opened(subject: int, part: str) -> None:
    """Record that somebody read one person's answers."""
    emit(
        "read",
        table="identification_invitee",
        pk=subject,
        action="identification.answers.opened",
        detail={"part": part},
    )
