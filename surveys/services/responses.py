"""Answering: begun once by each link, saved answer by answer, handed in once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from audit.services import name_act
from staff.models import User
from surveys.models import Answer, Channel, Invitation, Response
from surveys.purposes import purpose_named
from surveys.rules.branching import shown_questions
from surveys.rules.definitions import LANGUAGES, Question, hash_of, hash_of_question
from surveys.rules.patterns import signs_in
from surveys.rules.scoring import band_of, score_of
from surveys.services.invitations import published

Answers = dict[str, Any]


def address_hash(address: str) -> str:
    """Return what tells two addresses apart and says neither; nothing for none."""
    return salted_hmac("surveys.address", address, algorithm="sha256").hexdigest() if address else ""


@transaction.atomic
def start_by_link(
    *, invitation_id: int, language: str, address: str, at: datetime, who: User | None = None
) -> Response:
    """Begin what a link leads to, or go on with what was begun by it. `who` is somebody of staff whose browser it is."""
    invitation = Invitation.objects.select_for_update(of=["self"]).select_related("version").get(pk=invitation_id)
    begun = Response.objects.filter(invitation=invitation).first()
    if begun is not None:
        return begun
    refuse_closed(invitation, at)
    purpose_named(invitation.purpose).check(invitation.subject, at)
    name_act("surveys.response.started")
    return Response.objects.create(
        version=invitation.version,
        purpose=invitation.purpose,
        subject=invitation.subject,
        invitation=invitation,
        channel=Channel.LINK,
        language=language,
        started_at=at,
        filled_by=who,
        address_hash=address_hash(address),
    )


def refuse_closed(invitation: Invitation, at: datetime) -> None:
    if invitation.revoked_at:
        raise ValidationError(_("This link was replaced by a newer one, or withdrawn."))
    if at >= invitation.expires_at:
        raise ValidationError(_("This link has expired. Ask for a new one."))


@transaction.atomic
def start_by_staff(*, actor: User, purpose: str, subject: int, language: str, address: str, at: datetime) -> Response:
    """Begin to fill in the questionnaire in force for somebody on the telephone, or go on with what is begun."""
    known = purpose_named(purpose)
    if not actor.has_perm("surveys.fill_response") or not known.subjects(actor).filter(pk=subject).exists():
        raise PermissionDenied(_("This is outside your scope."))
    if language not in LANGUAGES:
        raise ValidationError({"language": _("Choose one of the three languages.")})
    version = published(purpose)
    open_ones = Response.objects.of(purpose, subject).filter(
        submitted_at=None, channel=Channel.STAFF, filled_by=actor, version=version
    )
    begun = open_ones.order_by("-id").first()
    if begun is not None:
        return begun
    known.check(subject, at)
    name_act("surveys.response.started")
    return Response.objects.create(
        version=version,
        purpose=purpose,
        subject=subject,
        channel=Channel.STAFF,
        language=language,
        started_at=at,
        filled_by=actor,
        address_hash=address_hash(address),
    )


def answers_of(response: Response) -> Answers:
    return dict(response.answers.values_list("question", "value"))


def _locked(response_id: int, at: datetime) -> Response:
    found = Response.objects.select_for_update(of=["self"]).select_related("version", "invitation")
    response = found.get(pk=response_id)
    if response.is_submitted:
        raise ValidationError(_("These answers were handed in and never change."))
    if response.invitation:
        refuse_closed(response.invitation, at)
    return response


@transaction.atomic
def save_answer(
    *, response_id: int, question: str, value: Any, language: str, shown_at: datetime | None, at: datetime
) -> Answer:
    """Keep one answer, in place of an earlier one to the same question, with when it was shown and given."""
    response = _locked(response_id, at)
    definition = response.version.definition
    asked = {one.key: one for one in shown_questions(definition.questions, answers_of(response))}
    if question not in asked:
        raise ValidationError(_("This question is not asked after your earlier answers."))
    name_act("surveys.answer.given")
    known = Answer.objects.filter(response=response, question=question).first()
    said = {
        "value": value,
        "language": language,
        "text_sha256": hash_of_question(asked[question], language),
        "shown_at": shown_at if shown_at is None or shown_at <= at else None,
        "answered_at": at,
    }
    if known is None:
        return Answer.objects.create(response=response, question=question, **said)
    said["changes"] = known.changes + (known.value != value)
    for name, one in said.items():
        setattr(known, name, one)
    known.save(update_fields=list(said))
    return known


@transaction.atomic
def submit(*, response_id: int, language: str, at: datetime) -> Response:
    """Hand the answers in: score them, look for signs that nobody read the questions, and let the purpose take them
    up. Handing in twice, one after the other or at once, does it once."""
    done = Response.objects.select_for_update(of=["self"]).get(pk=response_id)
    if done.is_submitted:
        return done
    response = _locked(response_id, at)
    definition, answers = response.version.definition, answers_of(response)
    shown = shown_questions(definition.questions, answers)
    if missing := [one for one in shown if one.required and answers.get(one.key) in (None, "", [])]:
        raise ValidationError(
            _("%(n)d of the questions are not answered yet.") % {"n": len(missing)}, params={"first": missing[0].key}
        )
    name_act("surveys.response.submitted")
    response.language, response.submitted_at = language, at
    _judge(response, shown, answers)
    purpose_named(response.purpose).submitted(response, at)
    response.save(
        update_fields=["language", "submitted_at", "texts_sha256", "answers_sha256", "score", "band", "signs"]
    )
    return response


def _judge(response: Response, shown: Sequence[Question], answers: Answers) -> None:
    definition = response.version.definition
    keys = [question.key for question in shown]
    # Answers to questions that a later change of mind has hidden stay as evidence and count nothing.
    given = {one.question: one for one in response.answers.filter(question__in=keys)}
    response.texts_sha256 = hash_of({key: given[key].text_sha256 for key in keys if key in given})
    response.answers_sha256 = hash_of({key: answers[key] for key in keys if key in answers})
    if definition.is_scored:
        band = band_of(definition, answers)
        response.score, response.band = score_of(definition, answers), band.code if band else ""
    times = [given[key].seconds for key in keys if key in given]
    response.signs = [{"code": sign.code, **sign.values} for sign in signs_in(definition, answers, times)]
