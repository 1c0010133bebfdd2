"""What is done to questionnaires and their drafts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from staff.models import ChangeRequest, User
from staff.services.changes import propose
from surveys.models import Questionnaire, QuestionnaireVersion, VersionState
from surveys.purposes import purpose_named
from surveys.rules.definitions import hash_of, read_definition
from surveys.rules.problems import problems_of

# What a first draft begins with: when answers look unread (our own choice; each version may say otherwise).
FIRST = {
    "title": {},
    "intro": {},
    "thanks": {},
    "questions": [],
    "bands": [],
    "overrides": [],
    "reliability": {"least_seconds": 2, "same_place": 8},
}
Change = Callable[[dict[str, Any]], None]


@transaction.atomic
def create_questionnaire(*, actor: User, at: datetime, code: str, name: str, purpose: str) -> Questionnaire:
    """Create a questionnaire with an empty first draft."""
    purpose_named(purpose)
    if Questionnaire.objects.filter(code=code).exists():
        raise ValidationError({"code": _("There is a questionnaire of this code already.")})
    name_act("surveys.questionnaire.created")
    made = Questionnaire.objects.create(code=code, name=name, purpose=purpose, owner=actor, created_at=at)
    QuestionnaireVersion.objects.create(
        questionnaire=made, number=1, document={**FIRST, "title": {"en": name}}, created_at=at, created_by=actor
    )
    return made


@transaction.atomic
def start_version(*, actor: User, questionnaire_id: int, at: datetime) -> QuestionnaireVersion:
    """Open the next version as a draft copy of the latest; a questionnaire has one draft at a time."""
    questionnaire = Questionnaire.objects.select_for_update(of=["self"]).get(pk=questionnaire_id)
    latest = questionnaire.versions.order_by("-number").first()
    if latest and latest.state == VersionState.DRAFT:
        raise ValidationError(
            _("Version %(number)s is still a draft: change or publish it first.") % {"number": latest.number}
        )
    name_act("surveys.version.started")
    return QuestionnaireVersion.objects.create(
        questionnaire=questionnaire,
        number=latest.number + 1 if latest else 1,
        document=latest.document if latest else FIRST,
        created_at=at,
        created_by=actor,
    )


@transaction.atomic
def change_draft(*, actor: User, version_id: int, change: Change) -> QuestionnaireVersion:
    """Let `change` work on a draft's document; two people at once change one after the other, and nothing is lost."""
    version = locked_draft(version_id)
    document = version.document
    change(document)
    try:
        hash_of(document)
        read_definition(document)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise ValidationError(_("This cannot be kept as a questionnaire: %(error)s.") % {"error": error}) from error
    name_act("surveys.version.changed")
    version.document = document
    version.save(update_fields=["document"])
    return version


def locked_draft(version_id: int) -> QuestionnaireVersion:
    version = (
        QuestionnaireVersion.objects.select_for_update(of=["self"]).select_related("questionnaire").get(pk=version_id)
    )
    if not version.is_draft:
        raise ValidationError(
            _("Version %(number)s was published and never changes: start a new one.") % {"number": version.number}
        )
    return version


def check_publishing(version: QuestionnaireVersion) -> None:
    """Raise ValidationError with a sentence for each thing that keeps a draft from being published."""
    if not version.is_draft:
        raise ValidationError(_("Version %(number)s was published already.") % {"number": version.number})
    if problems := problems_of(version.definition):
        raise ValidationError(problems)


def propose_publishing(*, actor: User, version_id: int, reason: str, at: datetime) -> ChangeRequest:
    """Ask for a draft to be published; somebody else approves it."""
    return propose(
        actor=actor, command="surveys.version.publish", arguments={"version_id": version_id}, reason=reason, at=at
    )


@transaction.atomic
def publish_version(*, actor: User, version_id: int, at: datetime) -> QuestionnaireVersion:
    """Freeze a draft and put it in force for whoever is asked from now on; links that are out keep their version.

    Carried out by the command `surveys.version.publish` alone: a guard refuses it without an approved request."""
    version = locked_draft(version_id)
    check_publishing(version)
    name_act("surveys.version.published")
    version.state, version.published_at, version.published_by = VersionState.PUBLISHED, at, actor
    version.sha256 = hash_of(version.document)
    version.save(update_fields=["state", "published_at", "published_by", "sha256"])
    Questionnaire.objects.filter(pk=version.questionnaire_id).update(version=version)
    return version
