"""Panels of experts at the demo company: one that agreed in its second round, with a dissent, one that waits for votes, and
one of long ago whose forecasts have come true or not."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from assessment.models import Panel
from assessment.services.calibration import record_outcome
from assessment.services.panels import begin_panel, finish_panel
from assessment.services.rounds import close_round, open_round
from assessment.services.seats import seat_expert
from assessment.services.votes import cast_votes, record_dissent
from risk.models import Risk
from staff.models import User

Places = Sequence[tuple[int, int]]
# expert, weight, then likelihood × impact of three risks in the first and in the second round
ROUNDS: list[tuple[str, str, Places, Places]] = [
    ("product", "1", [(2, 3), (4, 4), (3, 2)], [(3, 3), (4, 4), (3, 2)]),
    ("compliance", "1.5", [(4, 4), (3, 4), (1, 2)], [(3, 4), (4, 4), (2, 2)]),
    ("lead", "1", [(3, 2), (5, 4), (3, 3)], [(3, 3), (4, 4), (3, 2)]),
    ("management", "1", [(5, 2), (2, 3), (4, 4)], [(5, 5), (4, 3), (3, 2)]),
]
WHY = "What I saw of it in the last two years, weighed against the controls that stand."
BRIEF = "Judge each risk as it stands after its controls, for the coming year."


def make_panels(people: dict[str, User], *, now: datetime) -> None:
    """Run one panel to its end, leave one waiting, and resolve one of more than a year ago."""
    risks = list(Risk.objects.open().filter(inherent__isnull=False).order_by("pk")[:6])
    _finished(people, risks[:3], now - timedelta(days=30))
    _waiting(people, risks[3:5], now - timedelta(days=2))
    _of_long_ago(people, risks[:5], now - timedelta(days=420), now)


def _begun(people: dict[str, User], risks: Sequence[Risk], title: str, at: datetime, **rule: int) -> Panel:
    items = [{"risk": risk, "kind": "residual", "estimate": "frequency"} for risk in risks]
    panel = begin_panel(actor=people["risk"], at=at, title=title, brief=BRIEF, items=items, **rule)
    for word, weight, *_places in ROUNDS:
        seat_expert(actor=people["risk"], panel_id=panel.pk, expert=people[word], weight=Decimal(weight), at=at)
    return panel


def _round(people: dict[str, User], panel: Panel, said: Mapping[str, Places], at: datetime) -> None:
    open_round(actor=people["risk"], panel_id=panel.pk, due_at=at + timedelta(days=3), at=at)
    items = list(panel.items.all())
    for word, places in said.items():
        votes = {item.pk: _vote(*place) for item, place in zip(items, places, strict=False)}
        cast_votes(actor=people[word], panel_id=panel.pk, votes=votes, at=at + timedelta(hours=5))


def _vote(likelihood: int, impact: int) -> dict:
    return {
        "likelihood": likelihood, "impact": impact, "probability": Decimal(likelihood * 18), "rationale": WHY,
        "low": Decimal(0), "high": Decimal(likelihood),
    }  # fmt: skip


def _finished(people: dict[str, User], risks: Sequence[Risk], at: datetime) -> None:
    panel = _begun(people, risks, "Payouts and lending after the new releases", at, max_rounds=2)
    for number, day in ((2, 0), (3, 4)):
        start = at + timedelta(days=day)
        _round(people, panel, {row[0]: row[number] for row in ROUNDS}, start)  # type: ignore[misc]
        close_round(actor=people["risk"], panel_id=panel.pk, at=start + timedelta(days=1))
    record_dissent(
        actor=people["management"], panel_id=panel.pk, item_id=panel.items.order_by("position").first().pk, by_name=True,
        text="One breakdown of the bank that pays for us would cost more than all the others together.",
        at=at + timedelta(days=6),
    )  # fmt: skip
    words = "Likelihood and impact as agreed; the dissent on the first risk goes to its owner."
    finish_panel(actor=people["risk"], panel_id=panel.pk, conclusion=words, at=at + timedelta(days=7))


def _waiting(people: dict[str, User], risks: Sequence[Risk], at: datetime) -> None:
    panel = _begun(people, risks, "Sales pages and redemptions", at)
    seat_expert(actor=people["risk"], panel_id=panel.pk, expert=people["service"], weight=Decimal(1), at=at)
    open_round(actor=people["risk"], panel_id=panel.pk, due_at=at + timedelta(days=9), at=at)
    votes = {item.pk: _vote(3, 3) for item in panel.items.all()}
    cast_votes(actor=people["compliance"], panel_id=panel.pk, votes=votes, at=at + timedelta(hours=5))


def _of_long_ago(people: dict[str, User], risks: Sequence[Risk], at: datetime, now: datetime) -> None:
    panel = _begun(people, risks, "Risks of last year", at)
    _round(people, panel, {row[0]: [*row[2], (2, 2), (4, 3)] for row in ROUNDS}, at)
    close_round(actor=people["risk"], panel_id=panel.pk, at=at + timedelta(days=1))
    finish_panel(
        actor=people["risk"], panel_id=panel.pk, conclusion="Kept as the experts say.", at=at + timedelta(days=2)
    )
    for number, item in enumerate(panel.items.order_by("position")):
        record_outcome(
            actor=people["risk2"], item_id=item.pk, came_true=number % 2 == 0, observed=Decimal(number), at=now,
            evidence="Loss ledger and incidents of the year, read through.",
        )  # fmt: skip
