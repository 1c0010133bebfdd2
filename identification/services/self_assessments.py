"""Rounds of questionnaires about risks and controls: opened, answered by link, reminded of once, closed."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from identification.models import AnswerTag, Invitee, SelfAssessment
from risk.services.scope import check_line
from staff.models import NotificationKind, Team, User
from staff.services.notifications import notify
from surveys.models import Invitation, QuestionnaireVersion, Response
from surveys.services.invitations import MOST_DAYS, invite, token_of

MOST_ASKED = 500
REMIND_DAYS = 3
MOST_TAGS = 10


@transaction.atomic
def open_self_assessment(
    *, actor: User, name: str, purpose: str, version: QuestionnaireVersion, due_on: date, at: datetime,
    people: Collection[User] = (), others: Sequence[str] = (), line_id: str | None = None, team: Team | None = None,
) -> SelfAssessment:  # fmt: skip
    """Open a round: everybody in `people` and in the team gets a link, good until the due day, and is told; `others` are
    people outside, called by what they are to us, whose links the owner hands on."""
    check_line(actor, line_id)
    if version.questionnaire.purpose != purpose:
        raise ValidationError({"version": _("This questionnaire is for another purpose.")})
    asked = _asked(people, team, others)
    days = (due_on - timezone.localdate(at)).days + 1
    if not 1 <= days <= MOST_DAYS:
        raise ValidationError(
            {"due_on": _("Choose a day from today on, %(n)d days ahead at most.") % {"n": MOST_DAYS - 1}}
        )
    round_ = SelfAssessment(
        name=name.strip(), purpose=purpose, version=version, line_id=line_id, team=team, owner=actor, due_on=due_on,
        opened_at=at,
    )  # fmt: skip
    round_.full_clean(exclude=["reference"])
    name_act("identification.self_assessment.opened")
    round_.save()
    round_.refresh_from_db(fields=["reference"])
    for fields in asked:
        _invite(round_, Invitee.objects.create(assessment=round_, **fields), actor, days, at)
    return round_


@transaction.atomic
def close_self_assessment(*, actor: User, assessment_id: int, at: datetime) -> SelfAssessment:
    """Close a round: links that were not answered open nothing any more; again changes nothing."""
    round_ = SelfAssessment.objects.select_for_update(of=["self"]).get(pk=assessment_id)
    if round_.is_open:
        name_act("identification.self_assessment.closed")
        waiting = round_.invitees.filter(answered_at__isnull=True).values("invitation")
        Invitation.objects.filter(pk__in=waiting, revoked_at__isnull=True).update(revoked_at=at)
        round_.closed_at = at
        round_.save(update_fields=["closed_at"])
    return round_


@transaction.atomic
def tag_answer(*, actor: User, response: Response, question: str, tags: Collection[str]) -> list[str]:
    """Put words on an answer, in place of those that it has; return them as they are kept."""
    kept = sorted({" ".join(tag.split()).lower() for tag in tags} - {""})
    if len(kept) > MOST_TAGS or any(len(tag) > 40 for tag in kept):
        raise ValidationError({"tags": _("Up to %(n)d words of 40 letters each.") % {"n": MOST_TAGS}})
    name_act("identification.answer.tagged")
    standing = AnswerTag.objects.filter(response=response, question=question)
    standing.exclude(tag__in=kept).delete()
    known = set(standing.values_list("tag", flat=True))
    AnswerTag.objects.bulk_create(
        AnswerTag(response=response, question=question, tag=tag) for tag in kept if tag not in known
    )
    return kept


def remind_of_self_assessments(*, business_date: date) -> int:
    """Remind staff who have not answered a round that ends within three days, once; return how many were told."""
    at, told = timezone.now(), 0
    waiting = Invitee.objects.waited_for(business_date + timedelta(days=REMIND_DAYS)).order_by("pk")
    for invitee in waiting.select_related("assessment", "invitation"):
        if invitee.invitation and invitee.invitation.is_open(at):
            told += _tell(invitee, "reminded", _reminded, at)
    return told


def take_answers(response: Response, at: datetime) -> None:
    """Note that somebody who is asked has handed in their answers; `check_invitee` says who may."""
    check_invitee(response.subject, at)
    Invitee.objects.filter(pk=response.subject).update(answered_at=at)


def check_invitee(subject: int, at: datetime) -> None:
    """Raise ValidationError where somebody is asked no more: they answered, they left, or the round is closed."""
    invitee = Invitee.objects.select_related("assessment", "user").get(pk=subject)
    if invitee.answered_at:
        raise ValidationError(_("This was answered already, once for each person."))
    if invitee.has_left:
        raise ValidationError(_("This person has left: nothing is asked of them any more."))
    if not invitee.assessment.is_open:
        raise ValidationError(_("This round is closed."))


def _asked(people: Collection[User], team: Team | None, others: Sequence[str]) -> list[dict[str, Any]]:
    members = list(team.members.active()) if team else []
    staff = {person.pk: person for person in [*people, *members] if person.is_active}
    outside = list(dict.fromkeys(text.strip() for text in others if text.strip()))
    if not staff and not outside:
        raise ValidationError({"people": _("Say who is asked.")})
    if len(staff) + len(outside) > MOST_ASKED:
        raise ValidationError({"people": _("A round asks %(n)d people at most.") % {"n": MOST_ASKED}})
    if any(len(text) > 120 for text in outside):
        raise ValidationError({"others": _("Up to 120 letters a line.")})
    return [{"user": person} for person in staff.values()] + [{"called": text} for text in outside]


def _invite(round_: SelfAssessment, invitee: Invitee, actor: User, days: int, at: datetime) -> None:
    language = invitee.user.language if invitee.user else actor.language
    invitee.invitation = invite(
        actor=actor,
        purpose=round_.purpose,
        subject=invitee.pk,
        language=language,
        at=at,
        days=days,
        version=round_.version,
    )
    invitee.save(update_fields=["invitation"])
    _tell(invitee, "asked", _asked_to, at)


def _asked_to(invitee: Invitee) -> str:
    return _("You are asked to answer %(round)s") % {"round": invitee.assessment}


def _reminded(invitee: Invitee) -> str:
    return _("%(round)s ends soon and waits for your answers") % {"round": invitee.assessment}


def _tell(invitee: Invitee, what: str, title: Any, at: datetime) -> int:
    if invitee.user_id is None or invitee.invitation is None:
        return 0
    return notify(
        users=[invitee.user_id],
        kind=NotificationKind.REVIEW,
        key=f"self-assessment:{invitee.pk}:{what}",
        title=lambda: title(invitee),
        url=reverse("surveys:answer", args=[token_of(invitee.invitation)]),
        at=at,
    )
