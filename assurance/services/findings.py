"""Findings: raised by auditors, answered and mended by their owners, verified by somebody independent."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assurance.models import Engagement, Finding, FindingState
from audit.services import name_act
from risk.services.reassessments import force_reassessment
from staff.models import NotificationKind, User
from staff.rules.roles import Role
from staff.services.notifications import notify


@transaction.atomic
def raise_finding(*, actor: User, engagement: Engagement, owner: User, at: datetime, **fields: Any) -> Finding:
    """Raise a finding in an open audit. Its owner hears of it; the risk it is of must be assessed anew."""
    if not engagement.is_open:
        raise ValidationError(_("%(reference)s is closed.") % {"reference": engagement.reference})
    if not owner.has_perm("assurance.answer_finding"):
        raise ValidationError({"owner": _("%(person)s may not answer findings.") % {"person": owner}})
    finding = Finding(engagement=engagement, owner=owner, raised_by=actor, raised_at=at, **fields)
    finding.full_clean(exclude=["reference"])
    name_act("assurance.finding.raised")
    finding.save()
    finding.refresh_from_db(fields=["reference"])
    _tell(finding, [owner.pk], "raised", _raised, at)
    if finding.risk is not None:
        force_reassessment(
            actor=actor,
            risk=finding.risk,
            cause_key=f"finding:{finding.pk}",
            cause=str(finding),
            url=finding_url(finding),
            at=at,
        )
    return finding


@transaction.atomic
def answer_finding(*, actor: User, finding_id: int, response: str, at: datetime) -> Finding:
    """Say what will be done about a finding; its owner does."""
    finding = _locked(finding_id, FindingState.OPEN, FindingState.ANSWERED)
    _only_owner(finding, actor)
    if not response.strip():
        raise ValidationError({"response": _("Say what will be done.")})
    name_act("assurance.finding.answered")
    finding.response, finding.state = response.strip(), FindingState.ANSWERED
    finding.save(update_fields=["response", "state"])
    return finding


@transaction.atomic
def finish_finding(*, actor: User, finding_id: int, evidence: str, at: datetime) -> Finding:
    """Say that a finding is mended, and by what one sees it. Whoever leads the audit hears of it."""
    finding = _locked(finding_id, FindingState.OPEN, FindingState.ANSWERED)
    _only_owner(finding, actor)
    if not evidence.strip():
        raise ValidationError({"evidence": _("Say by what one sees that it is mended.")})
    name_act("assurance.finding.done")
    finding.evidence, finding.state, finding.done_by, finding.done_at = evidence.strip(), FindingState.DONE, actor, at
    finding.save(update_fields=["evidence", "state", "done_by", "done_at"])
    _tell(finding, [finding.engagement.lead_id], f"done:{at:%Y%m%d%H%M}", _done, at)
    return finding


@transaction.atomic
def verify_finding(*, actor: User, finding_id: int, verification: str, at: datetime) -> Finding:
    """Verify that a finding is mended. Refused for whoever owns the area or the finding or did the work: a trigger
    holds the same."""
    finding = _locked(finding_id, FindingState.DONE)
    if hurdle := hurdle_to_verifying(actor, finding):
        raise PermissionDenied(hurdle)
    if not verification.strip():
        raise ValidationError({"verification": _("Say how you verified it.")})
    name_act("assurance.finding.verified", reason=verification)
    finding.verification, finding.state = verification.strip(), FindingState.VERIFIED
    finding.verified_by, finding.verified_at = actor, at
    finding.save(update_fields=["verification", "state", "verified_by", "verified_at"])
    return finding


@transaction.atomic
def return_finding(*, actor: User, finding_id: int, verification: str, at: datetime) -> Finding:
    """Give a finding back to its owner: what was done does not mend it."""
    finding = _locked(finding_id, FindingState.DONE)
    if hurdle := hurdle_to_verifying(actor, finding):
        raise PermissionDenied(hurdle)
    if not verification.strip():
        raise ValidationError({"verification": _("Say what is still wanting.")})
    name_act("assurance.finding.returned", reason=verification)
    finding.state, finding.verification = FindingState.ANSWERED, verification.strip()
    finding.save(update_fields=["state", "verification"])
    _tell(finding, [finding.owner_id], f"returned:{at:%Y%m%d%H%M}", _returned, at)
    return finding


def hurdle_to_verifying(actor: User, finding: Finding) -> str:
    """Return the sentence that says why somebody may not verify a finding, or nothing."""
    if finding.engagement.unit.owners.filter(pk=actor.pk).exists():
        return _("You own this area: somebody independent of it verifies its findings.")
    if actor.pk in (finding.owner_id, finding.done_by_id):
        return _("You did this work: somebody else verifies it.")
    return ""


def remind_of_findings(*, business_date: date) -> int:
    """Tell owners and leads of findings that are overdue, and management of high and critical ones; once for each finding
    and due date. Return how many were told."""
    at, told = timezone.now(), 0
    management = list(User.objects.active().in_role(Role.MANAGEMENT).values_list("pk", flat=True).distinct())
    overdue = Finding.objects.overdue(business_date).select_related("engagement").order_by("pk")
    for finding in overdue:
        grave = management if finding.severity in ("high", "critical") else []
        people = [finding.owner_id, finding.engagement.lead_id, *grave]
        told += _tell(finding, people, f"overdue:{finding.due_on}", _overdue, at)
    return told


def finding_url(finding: Finding) -> str:
    return reverse("assurance:finding_detail", args=[finding.reference])


def _raised(finding: Finding) -> str:
    return _("Finding %(finding)s is yours to mend") % {"finding": finding}


def _done(finding: Finding) -> str:
    return _("Finding %(finding)s waits to be verified") % {"finding": finding}


def _returned(finding: Finding) -> str:
    return _("Finding %(finding)s came back: something is still wanting") % {"finding": finding}


def _overdue(finding: Finding) -> str:
    return _("Finding %(finding)s is overdue") % {"finding": finding}


def _tell(finding: Finding, people: list[int], what: str, title: Any, at: datetime) -> int:
    return notify(
        users=sorted(set(people)),
        kind=NotificationKind.REVIEW,
        key=f"finding:{finding.pk}:{what}",
        title=lambda: title(finding),
        url=finding_url(finding),
        at=at,
    )


def _only_owner(finding: Finding, actor: User) -> None:
    if finding.owner_id != actor.pk:
        raise PermissionDenied(_("Only the owner of a finding does this."))


def _locked(finding_id: int, *states: str) -> Finding:
    found = Finding.objects.select_for_update(of=["self"]).select_related("engagement__unit")
    finding = found.get(pk=finding_id)
    if finding.state not in states:
        raise ValidationError(
            _("%(finding)s is %(state)s: this is not possible any more, or not yet.")
            % {"finding": finding.reference, "state": finding.get_state_display()}
        )
    return finding
