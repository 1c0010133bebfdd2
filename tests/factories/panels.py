from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from assessment.models import PanelItem
from assessment.services.panels import begin_panel, finish_panel
from assessment.services.rounds import close_round, open_round
from assessment.services.seats import seat_expert
from assessment.services.votes import cast_votes
from tests.factories.risk import RiskFactory
from tests.factories.staff import UserFactory

WHY = "Three losses of this kind in two years, and no control since."


def a_panel(*, experts=4, risks=2, at=None, facilitator=None, weights=None, items=None, **fields):
    """A panel that is being prepared: experts of several roles, each with a seat, over new risks rated 3 × 3."""
    at = at or timezone.now()
    facilitator = facilitator or UserFactory(role="risk")
    found = items or [{"risk": RiskFactory(rated=(3, 3)), "kind": "residual"} for _number in range(risks)]
    panel = begin_panel(
        actor=facilitator, at=at, items=found, title=fields.pop("title", "Payouts"), brief="Judge after controls.", **fields
    )  # fmt: skip
    roles = ["service", "product", "compliance", "marketing"]
    people = experts if isinstance(experts, list) else [UserFactory(role=roles[n % 4]) for n in range(experts)]
    for number, person in enumerate(people):
        weight = weights[number] if weights else Decimal(1)
        seat_expert(actor=facilitator, panel_id=panel.pk, expert=person, weight=weight, at=at)
    return panel


def a_running_panel(**fields):
    """A panel with its first round open for a week."""
    at = fields.get("at") or timezone.now()
    panel = a_panel(**fields)
    opened(panel, at)
    panel.refresh_from_db()
    return panel


def opened(panel, at=None):
    at = at or timezone.now()
    return open_round(actor=panel.facilitator, panel_id=panel.pk, due_at=at + timedelta(days=7), at=at)


def experts_of(panel):
    return [seat.expert for seat in panel.seats.filter(left_at__isnull=True).select_related("expert")]


def said(likelihood=3, impact=3, probability=20, **more):
    return {"likelihood": likelihood, "impact": impact, "probability": Decimal(probability), "rationale": WHY, **more}


def vote(panel, expert, *places, at=None, **more):
    """Vote on every item: `vote(panel, expert, (3, 2), (4, 4))`, or one place for all."""
    items = list(PanelItem.objects.filter(panel=panel))
    spread = list(places) * len(items) if len(places) == 1 else places
    votes = {item.pk: said(*place, **more) for item, place in zip(items, spread, strict=True)}
    return cast_votes(actor=expert, panel_id=panel.pk, votes=votes, at=at or timezone.now())


def a_finished_panel(places=((3, 3),), at=None, **fields):
    """A panel of one round in which everybody voted the same places; finished."""
    at = at or timezone.now()
    panel = a_running_panel(at=at, **fields)
    for expert in experts_of(panel):
        vote(panel, expert, *places, at=at)
    close_round(actor=panel.facilitator, panel_id=panel.pk, at=at)
    return finish_panel(actor=panel.facilitator, panel_id=panel.pk, conclusion="As the experts say.", at=at)
