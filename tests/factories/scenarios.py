from decimal import Decimal

import factory
from django.utils import timezone

from identification.models import Barrier, BowTie, BowTieThreat, Scenario
from identification.services.outcomes import record_outcome
from identification.services.scenarios import use_scenario, write_scenario
from risk.models import Risk
from tests.factories.risk import RiskFactory
from tests.factories.staff import UserFactory

STORY = {
    "narrative": "The central bank raises its rate in one step; property falls within the year.",
    "severity": "Once in twenty years",
    "plausibility": "Plausible within two years",
    "horizon_months": 12,
}
SHOCKS = {"policy_rate": Decimal(200), "property_prices": Decimal(-20)}


def a_scenario(*, used=True, owner=None, **more) -> Scenario:
    """A scenario in use; with `used=False` it is still a draft."""
    owner = owner or UserFactory(role="risk")
    fields = {"name": "Rate shock", "kind": "market", "shocks": SHOCKS, "at": timezone.now(), **STORY, **more}
    scenario = write_scenario(actor=owner, owner=owner, **fields)
    return use_scenario(actor=owner, scenario_id=scenario.pk) if used else scenario


def an_outcome(*, scenario=None, risk: Risk | None = None, **more):
    """An outcome of a discussion of two, which expects a loss of 2 to 9 million."""
    scenario = scenario or a_scenario()
    fields = {
        "held_on": timezone.localdate(), "participants": [scenario.owner, UserFactory(role="management")],
        "expected": "Arrears of property loans double.", "currency": "CNY", "loss_low": Decimal("2000000"),
        "loss_likely": Decimal("4500000"), "loss_high": Decimal("9000000"), "likelihood": 3, "impact": 4,
        "response": "Stop new lending against property.", "at": timezone.now(), **more,
    }  # fmt: skip
    return record_outcome(actor=scenario.owner, scenario_id=scenario.pk, risk=risk, **fields)


class BowTieFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BowTie

    risk = factory.SubFactory(RiskFactory)
    event = factory.Sequence(lambda n: f"Customers cannot withdraw {n}")
    drawn_by = factory.SubFactory(UserFactory, role="risk")
    drawn_at = factory.LazyFunction(timezone.now)


class ThreatFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BowTieThreat

    bow_tie = factory.SubFactory(BowTieFactory)
    text = factory.Sequence(lambda n: f"A rumour goes round {n}")


class BarrierFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Barrier

    side = "preventing"
    threat = factory.SubFactory(ThreatFactory)
    text = "A word to customers on the same day"
