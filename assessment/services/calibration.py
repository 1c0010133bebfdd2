"""What came of forecasts, recorded by somebody else than the experts; and how well each expert foresees."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment.models import Outcome, PanelItem, Vote
from assessment.rules.calibration import Forecast, HitRate, brier_score, hit_rate, suggested_weight
from audit.services import name_act
from staff.models import User


@dataclass(frozen=True)
class Resolved:
    """The last vote of an expert on an item, with what came of it."""

    vote: Vote
    outcome: Outcome
    forecast: Forecast

    @property
    def quarter(self) -> date:
        """The first day of the quarter in which the outcome was recorded."""
        day = timezone.localdate(self.outcome.recorded_at)
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


@dataclass(frozen=True)
class Record:
    """How well one expert foresees: of all resolved forecasts together, and quarter by quarter."""

    expert: User
    resolved: list[Resolved]

    @property
    def count(self) -> int:
        return len(self.resolved)

    @property
    def brier(self) -> float | None:
        return brier_score([one.forecast for one in self.resolved])

    @property
    def hits(self) -> HitRate | None:
        return hit_rate([one.forecast for one in self.resolved])

    @property
    def weight(self) -> Decimal | None:
        return suggested_weight([one.forecast for one in self.resolved])

    @property
    def quarters(self) -> list[tuple[date, int, float | None]]:
        """Each quarter with its number of forecasts and their Brier score, the oldest first."""
        grouped: dict[date, list[Forecast]] = {}
        for one in self.resolved:
            grouped.setdefault(one.quarter, []).append(one.forecast)
        return [(quarter, len(said), brier_score(said)) for quarter, said in sorted(grouped.items())]


def records_of(experts: Iterable[User]) -> list[Record]:
    """Return the record of each expert in their order; one query for them all. Only the last vote on an item counts."""
    people = list(experts)
    last = (
        Vote.objects.filter(seat__expert__in=people, item__outcome__isnull=False)
        .select_related("seat", "item__outcome", "item__panel", "item__risk")
        .order_by("seat_id", "item_id", "-round__number")
        .distinct("seat_id", "item_id")
    )
    resolved: dict[int, list[Resolved]] = {person.pk: [] for person in people}
    for vote in last:
        resolved[vote.seat.expert_id].append(Resolved(vote, vote.item.outcome, _forecast(vote)))
    return [Record(person, sorted(resolved[person.pk], key=_recorded)) for person in people]


def _recorded(one: Resolved) -> datetime:
    return one.outcome.recorded_at


def _forecast(vote: Vote) -> Forecast:
    outcome = vote.item.outcome
    inside = None
    if vote.low is not None and vote.high is not None and outcome.observed is not None:
        inside = vote.low <= outcome.observed <= vote.high
    return Forecast(
        probability=float(vote.probability) / 100,
        came_true=outcome.came_true,
        inside=inside,
        level=vote.item.panel.interval_level / 100,
    )


@transaction.atomic
def record_outcome(
    *, actor: User, item_id: int, came_true: bool, evidence: str, at: datetime, observed: Decimal | None = None
) -> Outcome:
    """Record what came of a forecast in its year, with evidence; once, by somebody who was not on the panel and did not run
    it.

    `observed` is what the item's interval is of. Refused before the year is over."""
    item = PanelItem.objects.select_for_update(of=["self"]).select_related("panel").get(pk=item_id)
    if hurdle := hurdle_to_recording(actor, item):
        raise PermissionDenied(hurdle)
    if not PanelItem.objects.due(at).filter(pk=item.pk).exists():
        raise ValidationError(_("Its year is not over yet, its outcome is recorded, or its panel did not finish."))
    if observed is not None and not item.estimate:
        raise ValidationError({"observed": _("No interval was asked for here.")})
    outcome = Outcome(
        item=item, came_true=came_true, observed=observed, evidence=evidence.strip(), recorded_by=actor, recorded_at=at
    )
    outcome.full_clean()
    name_act("assessment.outcome.recorded", reason=evidence)
    outcome.save()
    return outcome


def hurdle_to_recording(actor: User, item: PanelItem) -> str:
    """Return the sentence that says why somebody may not record what came of a forecast, or nothing."""
    if item.panel.facilitator_id == actor.pk:
        return _("You ran this panel: somebody else records what came of it.")
    if item.panel.seats.filter(expert=actor).exists():
        return _("You were on this panel: somebody else records what came of it.")
    return ""
