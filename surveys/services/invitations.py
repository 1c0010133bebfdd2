"""Links to a questionnaire: signed, good once, and until they expire."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import name_act
from staff.models import User
from surveys.models import Invitation, Questionnaire, QuestionnaireVersion
from surveys.purposes import purpose_named
from surveys.rules.definitions import LANGUAGES

LINK_DAYS = 14
MOST_DAYS = 90
SIGNER = Signer(salt="surveys.invitation", sep=".")


def link_of(invitation: Invitation) -> str:
    """Return the whole address of the public page of an invitation."""
    return settings.SITE_URL.rstrip("/") + reverse("surveys:answer", args=[token_of(invitation)])


def token_of(invitation: Invitation) -> str:
    return SIGNER.sign(str(invitation.pk))


def invitation_of(token: str) -> Invitation | None:
    """Return the invitation that a token was signed for; None for a token that we did not sign."""
    try:
        pk = int(SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None
    return Invitation.objects.select_related("version__questionnaire").filter(pk=pk).first()


def published(purpose: str) -> QuestionnaireVersion:
    """Return the version of a purpose that is in force, the newest where there are several questionnaires."""
    in_force = Questionnaire.objects.in_force(purpose).values("version")
    version = QuestionnaireVersion.objects.filter(pk__in=in_force).order_by("-published_at", "-pk").first()
    if version is None:
        raise ValidationError(_("No questionnaire of this kind is published: write one under Questionnaires."))
    return version


@transaction.atomic
def invite(
    *,
    actor: User,
    purpose: str,
    subject: int,
    language: str,
    at: datetime,
    days: int = LINK_DAYS,
    version: QuestionnaireVersion | None = None,
) -> Invitation:
    """Make a link to the questionnaire in force, or to the published `version` of one; links to the same person that are
    still open are revoked."""
    known = purpose_named(purpose)
    if not known.subjects(actor).filter(pk=subject).exists():
        raise PermissionDenied(_("This is outside your scope."))
    if not 1 <= days <= MOST_DAYS:
        raise ValidationError({"days": _("A link is good for 1 to %(n)d days.") % {"n": MOST_DAYS}})
    if language not in LANGUAGES:
        raise ValidationError({"language": _("Choose one of the three languages.")})
    known.check(subject, at)
    if version is not None and version.is_draft:
        raise ValidationError({"version": _("A draft is asked of nobody: publish it first.")})
    version = version or published(purpose)
    name_act("surveys.invitation.made")
    Invitation.objects.filter(purpose=purpose, subject=subject).open(at).update(revoked_at=at)
    return Invitation.objects.create(
        version=version,
        purpose=purpose,
        subject=subject,
        language=language,
        created_at=at,
        created_by=actor,
        expires_at=at + timedelta(days=days),
    )


@transaction.atomic
def revoke(*, actor: User, invitation_id: int, at: datetime) -> Invitation:
    """Let a link open nothing any more; answers that were given by it stay."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if invitation.revoked_at is None:
        name_act("surveys.invitation.revoked")
        invitation.revoked_at = at
        invitation.save(update_fields=["revoked_at"])
    return invitation
