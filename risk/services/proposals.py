"""Proposals of risks: made by methods, rooms above and people; accepted, joined or dismissed by the risk office."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import name_act
from risk.models import Cause, Consequence, ProposalState, Risk, RiskProposal, RiskStatus, RiskSubclass
from risk.rules.likeness import most_alike
from risk.services.reassessments import force_reassessment
from risk.services.register import record_risk
from risk.services.scope import check_line
from staff.models import NotificationKind, User
from staff.rules.links import is_own_path
from staff.rules.roles import Role
from staff.services.notifications import notify

MOST_ALIKE = 5
CORRECTED = ("title", "risk_class", "line_id", "description", "causes", "consequences")


@transaction.atomic
def propose_risk(
    *,
    actor: User,
    source: str,
    source_key: str,
    title: str,
    risk_class: str,
    url: str = "",
    source_title: str = "",
    line_id: str | None = None,
    description: str = "",
    causes: str = "",
    consequences: str = "",
    at: datetime,
) -> RiskProposal:
    """Propose a risk to the risk office, which hears of it once.

    `source` is a ProposalSource, `source_key` names what it came of, such as `complaint:12`; `url` and `source_title` say
    where that stands and how it is called. Where that key was proposed before, by whomever, what stands is returned as it
    is. Raises ValidationError for what a risk could not be, and for a line outside the actor's scope.
    """
    if standing := RiskProposal.objects.filter(source_key=source_key).first():
        return standing
    check_line(actor, line_id)
    if url and not is_own_path(url):
        raise ValidationError({"url": _("A proposal leads to a page of ours.")})
    proposal = RiskProposal(
        source=source,
        source_key=source_key,
        source_title=source_title[:200],
        url=url,
        title=title.strip(),
        risk_class=risk_class,
        line_id=line_id,
        description=description,
        causes=causes,
        consequences=consequences,
        proposed_by=actor,
        proposed_at=at,
    )
    proposal.full_clean(exclude=["reference"], validate_unique=False)
    name_act("risk.proposal.made")
    if not _saved(proposal):
        return RiskProposal.objects.get(source_key=source_key)
    _tell_office(proposal, at)
    return proposal


@transaction.atomic
def accept_proposal(
    *,
    actor: User,
    proposal_id: int,
    owner: User,
    at: datetime,
    reason: str = "",
    review_on: date | None = None,
    subclass: RiskSubclass | None = None,
    cause_kinds: Iterable[Cause] = (),
    consequence_kinds: Iterable[Consequence] = (),
    **corrected: Any,
) -> Risk:
    """Record what was proposed as a new risk with an owner, and return it; `corrected` maps names in CORRECTED to what
    stands in the risk instead of what was proposed."""
    proposal = _locked(actor, proposal_id)
    if unknown := corrected.keys() - set(CORRECTED):
        raise ValidationError(_("These cannot be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    said = {name: getattr(proposal, name) for name in CORRECTED}
    kinds: dict[str, Any] = {"cause_kinds": cause_kinds, "consequence_kinds": consequence_kinds}
    words = {**said, **corrected}
    risk = record_risk(actor=actor, owner=owner, review_on=review_on, subclass=subclass, at=at, **kinds, **words)
    risk.refresh_from_db(fields=["reference"])
    name_act("risk.proposal.accepted", reason=reason)
    _decide(proposal, ProposalState.ACCEPTED, actor, at, reason, risk)
    return risk


@transaction.atomic
def join_proposal(*, actor: User, proposal_id: int, risk: Risk, reason: str, at: datetime) -> RiskProposal:
    """Say that what was proposed is part of an open risk that stands already; that risk must be assessed anew."""
    proposal = _locked(actor, proposal_id)
    _check_reason(reason, _("Say why it is part of this risk."))
    if not Risk.objects.visible_to(actor).filter(pk=risk.pk, status=RiskStatus.OPEN).exists():
        raise ValidationError({"risk": _("Choose an open risk that you see.")})
    name_act("risk.proposal.joined", reason=reason)
    _decide(proposal, ProposalState.JOINED, actor, at, reason, risk)
    force_reassessment(
        actor=actor, risk=risk, cause_key=f"proposal:{proposal.pk}", cause=str(proposal), url=proposal_url(proposal), at=at
    )  # fmt: skip
    return proposal


@transaction.atomic
def dismiss_proposal(*, actor: User, proposal_id: int, reason: str, at: datetime) -> RiskProposal:
    """Say that what was proposed is no risk that the register should keep, and why."""
    proposal = _locked(actor, proposal_id)
    _check_reason(reason, _("Say why it is dismissed."))
    name_act("risk.proposal.dismissed", reason=reason)
    _decide(proposal, ProposalState.DISMISSED, actor, at, reason, None)
    return proposal


def risks_like(user: User, title: str) -> list[Risk]:
    """Return the open risks that the person sees whose titles are most like `title`, at most five, the likest first."""
    seen = Risk.objects.visible_to(user).open()
    keys = most_alike(title, dict(seen.values_list("pk", "title")), most=MOST_ALIKE)
    found = seen.select_related("residual").in_bulk(keys)
    return [found[key] for key in keys if key in found]


def proposal_url(proposal: RiskProposal) -> str:
    return reverse("risk:proposal_detail", args=[proposal.reference])


def _saved(proposal: RiskProposal) -> bool:
    """Save a new proposal; False where somebody proposed the same source in the meantime."""
    try:
        with transaction.atomic():
            proposal.save()
    except IntegrityError:
        if RiskProposal.objects.filter(source_key=proposal.source_key).exists():
            return False
        raise
    proposal.refresh_from_db(fields=["reference"])
    return True


def _locked(actor: User, proposal_id: int) -> RiskProposal:
    """A waiting proposal, locked: of two who decide at once, the second hears what the first decided."""
    proposal = RiskProposal.objects.select_for_update(of=["self"]).get(pk=proposal_id)
    if not proposal.is_waiting:
        raise ValidationError(
            _("%(proposal)s is decided already: %(state)s, by %(person)s.")
            % {"proposal": proposal.reference, "state": proposal.get_state_display(), "person": proposal.decided_by}
        )
    check_line(actor, proposal.line_id)
    return proposal


def _check_reason(reason: str, sentence: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": sentence})


def _decide(
    proposal: RiskProposal, state: str, actor: User, at: datetime, reason: str, risk: Risk | None
) -> None:  # fmt: skip
    proposal.state, proposal.decided_by, proposal.decided_at = state, actor, at
    proposal.reason, proposal.risk = reason.strip(), risk
    proposal.save(update_fields=["state", "decided_by", "decided_at", "reason", "risk"])
    if proposal.proposed_by_id != actor.pk:
        _tell(proposal, [proposal.proposed_by_id], "decided", _decided, at)


def _tell_office(proposal: RiskProposal, at: datetime) -> None:
    """The risk office of the proposal's line hears of it; of the whole company's, all of it."""
    office = User.objects.active().in_role(Role.RISK).exclude(pk=proposal.proposed_by_id)
    if proposal.line_id is not None:
        office = office.filter(Q(business_lines=[]) | Q(business_lines__contains=[proposal.line_id]))
    _tell(proposal, list(office.values_list("pk", flat=True).distinct()), "made", _made, at)


def _made(proposal: RiskProposal) -> str:
    return _("A risk is proposed: %(proposal)s") % {"proposal": proposal}


def _decided(proposal: RiskProposal) -> str:
    return _("Your proposal %(proposal)s: %(state)s") % {"proposal": proposal, "state": proposal.get_state_display()}


def _tell(proposal: RiskProposal, people: list[int], what: str, title: Any, at: datetime) -> None:
    notify(
        users=people,
        kind=NotificationKind.REVIEW,
        key=f"proposal:{proposal.pk}:{what}",
        title=lambda: title(proposal),
        body=proposal.reason,
        url=proposal_url(proposal),
        at=at,
    )
