"""Change requests at the demo company: some wait, one was carried out, one refused, one done at once and not reviewed."""

from datetime import datetime
from decimal import Decimal

from risk.models import Indicator
from risk.services.indicators import propose_bounds
from staff.models import User
from staff.services.account_changes import propose_access, propose_deactivation
from staff.services.changes import approve, execute_approved, refuse

SIX_PLACES = Decimal("0.000001")


def make_changes(people: dict[str, User], *, now: datetime) -> None:
    """Ask, judge and carry out as the people of the company would, in this very moment."""
    _roles(people, now)
    _bounds(people, now)
    _leaver(people, now)


def _roles(people: dict[str, User], now: datetime) -> None:
    for word, roles, reason in [
        ("risk2", ["compliance", "risk"], "Stands in for compliance in June"),
        ("service3", ["service", "service_lead"], "Leads the evening shift"),
    ]:
        person = people[word]
        propose_access(
            actor=people["admin"], user_id=person.pk, email=person.email, roles=roles, reason=reason, at=now,
            business_lines=person.business_lines, regions=person.regions,
        )  # fmt: skip
    refused = propose_access(
        actor=people["admin"], user_id=people["marketing"].pk, email=people["marketing"].email,
        roles=["marketing", "risk"], business_lines=[], regions=[], reason="Wants to see the register", at=now,
    )  # fmt: skip
    if refused is not None:
        comment = "Marketing does not sell what it assesses."
        refuse(actor=people["compliance"], request_id=refused.pk, comment=comment, at=now)


def _bounds(people: dict[str, User], now: datetime) -> None:
    """One pair of bounds is carried out as it stands, one waits; so no reading of the past looks different."""
    first, second = Indicator.objects.order_by("code")[:2]
    for indicator, factor in [(first, Decimal(1)), (second, Decimal("1.1"))]:
        amber, red = ((bound * factor).quantize(SIX_PLACES) for bound in (indicator.amber, indicator.red))
        request = propose_bounds(
            actor=people["risk"], indicator_id=indicator.pk, amber=amber, red=red, at=now,
            reason="Yearly review of the appetite",
        )  # fmt: skip
        if indicator == first:
            approve(actor=people["management"], request_id=request.pk, comment="As the board decided", at=now)
            execute_approved(request_id=request.pk, at=now)


def _leaver(people: dict[str, User], now: datetime) -> None:
    """Somebody who has left, shut out at once."""
    leaver = people["leaver"]
    reason = "Laptop stolen with an open session"
    propose_deactivation(actor=people["admin"], user_ids=[leaver.pk], reason=reason, at=now, break_glass=True)
