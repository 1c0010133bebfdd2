"""What people of the demo company propose as risks, and what its office makes of it."""

from datetime import datetime, timedelta

from django.urls import reverse

from assurance.models import Finding
from assurance.services.findings import finding_url
from incidents.models import Incident, LossEvent
from risk.models import Risk, RiskProposal
from risk.services.proposals import accept_proposal, dismiss_proposal, join_proposal, propose_risk
from staff.models import User


def make_proposals(people: dict[str, User], *, now: datetime) -> None:
    """Three wait, from different sources; one was accepted, one joined to a risk that stands, one dismissed."""
    _waiting(people, now)
    _decided(people, now)


def _waiting(people: dict[str, User], now: datetime) -> None:
    propose_risk(
        actor=people["service"], source="person", source_key="person:demo:letters", risk_class="operational",
        title="Letters reach customers at old addresses", causes="Addresses are changed in one of two systems",
        consequences="Strangers read statements; complaints", at=now - timedelta(days=2),
    )  # fmt: skip
    finding = Finding.objects.exclude(state="verified").order_by("pk").first()
    if finding:
        propose_risk(
            actor=people["audit"], source="finding", source_key=f"finding:{finding.pk}", url=finding_url(finding),
            source_title=str(finding), title="Customers hear too late of a breakdown", risk_class="operational",
            description=finding.condition, at=now - timedelta(days=1),
        )  # fmt: skip
    loss = LossEvent.objects.order_by("pk").first()
    if loss:
        propose_risk(
            actor=people["product"], source="loss", source_key=f"loss:{loss.pk}", source_title=str(loss),
            url=reverse("incidents:loss_detail", args=[loss.reference]), title="A payout file is released a second time by hand",
            risk_class="operational", line_id="payment", at=now - timedelta(hours=5),
        )  # fmt: skip


def _decided(people: dict[str, User], now: datetime) -> None:
    office, early = people["risk"], now - timedelta(days=12)
    accept_proposal(
        actor=office, proposal_id=_of_person(people["marketing"], "partner", "A partner promises returns in our name", early).pk,
        owner=office, consequences="A fine, and customers who were misled", at=early + timedelta(days=1),
    )  # fmt: skip
    incident = Incident.objects.filter(risk__isnull=False).order_by("pk").first()
    risk = incident.risk if incident else Risk.objects.open().order_by("pk").first()
    if risk:
        again = _of_person(people["service2"], "twice", "Payouts are made twice in the evening", early)
        reason = "It is the payout file of the register, seen from the desk."
        join_proposal(actor=office, proposal_id=again.pk, risk=risk, reason=reason, at=early + timedelta(days=2))
    lift = _of_person(people["lead"], "lift", "The lift of the office stands still", early)
    reason = "The landlord mends it; no customer and no process is touched."
    dismiss_proposal(actor=office, proposal_id=lift.pk, reason=reason, at=early + timedelta(days=2))


def _of_person(person: User, key: str, title: str, at: datetime) -> RiskProposal:
    return propose_risk(
        actor=person, source="person", source_key=f"person:demo:{key}", title=title, risk_class="operational", at=at
    )
