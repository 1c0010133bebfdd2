"""Policies: written in versions, put in force by four eyes, reviewed in time."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from governance.models import Policy, PolicyVersion
from governance.rules.policies import digest_of, next_review
from governance.services.attestations import ask_attestations
from risk.models import Control, Risk
from risk.services.scope import check_line
from service.rules.charsets import without_unseen
from service.rules.markup import LONGEST
from staff.models import ChangeRequest, Team, User
from staff.services.changes import propose

IN_FORCE = "governance.policy.in_force"
LANGUAGES = dict(settings.LANGUAGES)


@transaction.atomic
def record_policy(
    *,
    actor: User,
    risks: Iterable[Risk] = (),
    controls: Iterable[Control] = (),
    audience_teams: Iterable[Team] = (),
    **fields: Any,
) -> Policy:
    """Add a policy without a version yet. Its line (None is the whole company) must be in the actor's scope."""
    policy = _checked(actor, Policy(**fields))
    name_act("governance.policy.recorded")
    policy.save()
    _link(policy, risks, controls, audience_teams)
    return policy


@transaction.atomic
def change_policy(
    *,
    actor: User,
    policy_id: int,
    risks: Iterable[Risk],
    controls: Iterable[Control],
    audience_teams: Iterable[Team],
    **fields: Any,
) -> Policy:
    """Change what is written about a policy. A wider audience is asked by the next night, a narrower one let go."""
    policy = Policy.objects.select_for_update(of=["self"]).get(pk=policy_id)
    check_line(actor, policy.line_id)
    for name, value in fields.items():
        setattr(policy, name, value)
    _checked(actor, policy)
    name_act("governance.policy.changed")
    policy.save()
    _link(policy, risks, controls, audience_teams)
    return policy


def _checked(actor: User, policy: Policy) -> Policy:
    check_line(actor, policy.line_id)
    policy.full_clean()
    above = policy.parent
    while above is not None:
        if above.pk == policy.pk:
            raise ValidationError(
                {"parent": _("A policy does not stand under itself, nor under what stands under it.")}
            )
        above = above.parent
    return policy


def _link(policy: Policy, risks: Iterable[Risk], controls: Iterable[Control], teams: Iterable[Team]) -> None:
    policy.risks.set(risks)
    policy.controls.set(controls)
    policy.audience_teams.set(teams)


@transaction.atomic
def write_version(
    *, actor: User, policy_id: int, texts: Mapping[str, str], summary: str, at: datetime
) -> PolicyVersion:
    """Write the draft of a policy's next version, or write it anew. It is in force once somebody else has agreed."""
    policy = Policy.objects.select_for_update(of=["self"]).get(pk=policy_id)
    check_line(actor, policy.line_id)
    said = checked_texts(texts)
    if not summary.strip():
        raise ValidationError({"summary": _("Say what changes.")})
    draft = policy.versions.filter(effective_from__isnull=True).first()
    if draft is None:
        last = policy.versions.order_by("-number").values_list("number", flat=True).first() or 0
        draft = PolicyVersion(policy=policy, number=last + 1)
    elif waiting_for(draft).exists():
        raise ValidationError(_("This draft waits for approval: withdraw the request first."))
    name_act("governance.policy.written", reason=summary)
    draft.texts, draft.sha256, draft.summary = said, digest_of(said), summary.strip()
    draft.written_by, draft.written_at = actor, at
    draft.save()
    return draft


def checked_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Return what is written in each language, without what nobody can see; ValidationError where nothing is."""
    if unknown := set(texts) - set(LANGUAGES):
        raise ValidationError(
            _("No language of this company: %(language)s.") % {"language": ", ".join(sorted(unknown))}
        )
    said = {language: without_unseen(text).replace("\r\n", "\n").strip() for language, text in texts.items()}
    for language, text in said.items():
        if len(text) > LONGEST:
            raise ValidationError({f"body_{language}": _("At most %(most)d signs.") % {"most": LONGEST}})
    kept = {language: said[language] for language in LANGUAGES if any(map(str.isalnum, said.get(language, "")))}
    if not kept:
        raise ValidationError(_("Write the policy in one language at least."))
    return kept


@transaction.atomic
def propose_version(*, actor: User, policy_id: int, effective_from: date, reason: str, at: datetime) -> ChangeRequest:
    """Ask for a policy's draft to be put in force from a day, today or later."""
    draft = PolicyVersion.objects.filter(policy=policy_id, effective_from__isnull=True).first()
    if draft is None:
        raise ValidationError(_("There is no draft of this policy: write one first."))
    if effective_from < timezone.localdate(at):
        raise ValidationError({"effective_from": _("A version begins today or later.")})
    arguments = {"version_id": draft.pk, "effective_from": effective_from.isoformat()}
    return propose(actor=actor, command=IN_FORCE, arguments=arguments, reason=reason, at=at)


def checked_version(*, actor: User, version_id: int, effective_from: date) -> PolicyVersion:
    """Return a draft that may begin on a day; ValidationError for one in force, or a day before its predecessor's."""
    version = PolicyVersion.objects.select_related("policy").get(pk=version_id)
    check_line(actor, version.policy.line_id)
    if not version.is_draft:
        raise ValidationError(_("This version has its day already and never changes."))
    later = version.policy.versions.filter(effective_from__gte=effective_from).first()
    if later:
        raise ValidationError({"effective_from": _("%(version)s begins on that day or later.") % {"version": later}})
    return version


@transaction.atomic
def put_in_force(*, actor: User, version_id: int, effective_from: date, reason: str, at: datetime) -> PolicyVersion:
    """Give a draft the day that two people agreed on; where it has come, its audience is asked at once."""
    version = checked_version(actor=actor, version_id=version_id, effective_from=effective_from)
    name_act(IN_FORCE, reason=reason)
    version.effective_from = effective_from
    version.save(update_fields=["effective_from"])
    policy = version.policy
    policy.review_on = next_review(effective_from, policy.review_months)
    policy.save(update_fields=["review_on"])
    ask_attestations(business_date=timezone.localdate(at), at=at)
    return version


@transaction.atomic
def review_policy(*, actor: User, policy_id: int, conclusion: str, at: datetime) -> Policy:
    """Record that the version in force still holds, and why one thinks so; the next review is so many months away."""
    policy = Policy.objects.select_for_update(of=["self"]).get(pk=policy_id)
    check_line(actor, policy.line_id)
    today = timezone.localdate(at)
    if not policy.versions.filter(effective_from__lte=today).exists():
        raise ValidationError(_("No version of this policy is in force yet."))
    if not conclusion.strip():
        raise ValidationError({"conclusion": _("Say what the review concluded.")})
    name_act("governance.policy.reviewed", reason=conclusion)
    policy.review_on = next_review(today, policy.review_months)
    policy.save(update_fields=["review_on"])
    return policy


def waiting_for(version: PolicyVersion) -> Any:
    """Return the open requests to put a draft in force."""
    return ChangeRequest.objects.open().of([IN_FORCE]).about("governance_policyversion", version.pk)


def policy_url(policy: Policy) -> str:
    return reverse("governance:policy_detail", args=[policy.code])
