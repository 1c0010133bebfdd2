"""What a reader is shown of closed rounds: distributions without names, in an order drawn by lot."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessment.models import Panel, PanelItem, PanelRound, PanelSeat, PanelState, Vote
from assessment.panel_charts import dots_svg
from assessment.services.panels import Reading, reading_of, results_of
from pages.charts import Bound, Chart
from staff.models import User


@dataclass(frozen=True)
class Cast:
    """One vote as it is shown; `name` is empty for whoever may not know it, `is_mine` marks the reader's own."""

    vote: Vote
    name: str
    is_mine: bool


@dataclass(frozen=True)
class Shown:
    """What a closed round says of an item."""

    round: PanelRound
    reading: Reading
    likelihood: SafeString
    impact: SafeString
    casts: list[Cast]

    @property
    def mine(self) -> Vote | None:
        return next((one.vote for one in self.casts if one.is_mine), None)


def may_see_names(user: User, panel: Panel) -> bool:
    """Names stand beside votes for audit and compliance, once the panel has finished; for nobody else."""
    return panel.state == PanelState.FINISHED and user.has_perm("assessment.see_panel_names")


def shown_rounds(panel: Panel, reader: User, rounds: list[PanelRound]) -> dict[int, list[Shown]]:
    """Return `{item: its closed rounds}`. Votes of an open round are not even asked for."""
    closed = {one.pk: one for one in rounds if one.closed_at}
    votes: dict[tuple[int, int], list[Vote]] = {}
    for vote in Vote.objects.filter(round__in=closed).select_related("seat__expert").order_by("place"):
        votes.setdefault((vote.item_id, vote.round_id), []).append(vote)
    names = may_see_names(reader, panel)
    shown: dict[int, list[Shown]] = {}
    for (item, number), cast in sorted(votes.items(), key=lambda one: closed[one[0][1]].number):
        shown.setdefault(item, []).append(_shown(panel, closed[number], cast, reader, names))
    return shown


def _shown(panel: Panel, closed: PanelRound, votes: list[Vote], reader: User, names: bool) -> Shown:
    reading = reading_of(votes)
    casts = [Cast(vote, str(vote.seat.expert) if names else "", vote.seat.expert_id == reader.pk) for vote in votes]
    mine = next((one.vote for one in casts if one.is_mine), None)
    highest = panel.matrix.highest
    return Shown(
        round=closed,
        reading=reading,
        likelihood=dots_svg(
            [vote.likelihood for vote in votes],
            highest=highest[0], median=reading.likelihood, mine=mine.likelihood if mine else None,
        ),
        impact=dots_svg(
            [vote.impact for vote in votes],
            highest=highest[1], median=reading.impact, mine=mine.impact if mine else None,
        ),
        casts=casts,
    )  # fmt: skip


def items_with_results(panel: Panel, reader: User, rounds: list[PanelRound]) -> list[dict[str, Any]]:
    """Return every item with its closed rounds, the panel's result so far, and dissents as they may be shown."""
    shown = shown_rounds(panel, reader, rounds)
    results = {one.item.pk: one for one in results_of(panel)}
    found = []
    for item in panel.items.select_related("risk"):
        result = results.get(item.pk)
        found.append(
            {
                "item": item,
                "rounds": shown.get(item.pk, []),
                "result": result,
                "dissents": [(one, who_dissents(one, result.experts)) for one in result.dissents] if result else [],
            }
        )
    return found


def convergence_of(panel: Panel, rounds: list[PanelRound]) -> list[Chart]:
    """Return how agreement and spread moved from round to round, each against the panel's bound; nothing of one round."""
    closed = [one for one in rounds if one.closed_at]
    if len(closed) < 2:
        return []
    names = [_("Round %(n)s") % {"n": one.number} for one in closed]
    agreement, spread = _("Kendall's W"), _("Widest spread")
    charts = [
        Chart(
            title=_("Agreement by round"), x=names, series={agreement: [one.agreement for one in closed]}, places=2,
            bounds=[Bound(_("agreed from"), panel.agreement_bound)],
        ),
        Chart(
            title=_("Spread by round"), x=names, series={spread: [one.widest for one in closed]}, places=2,
            unit=_("steps of the scale"), bounds=[Bound(_("agreed up to"), panel.spread_bound)],
        ),
    ]  # fmt: skip
    return [one for one in charts if not one.is_empty]


def who_dissents(dissent, experts: int) -> str:
    """Return the name of whoever agreed to it, else “one of four”."""
    if dissent.by_name:
        return str(dissent.seat.expert)
    return ngettext("One of %(count)s expert", "One of %(count)s experts", experts) % {"count": experts}


def title_of(item: PanelItem, reader: User) -> str:
    """Return what is judged, in the reader's words; an expert need not see the register to know it."""
    if item.risk is None:
        return item.question
    return _("%(risk)s (%(kind)s)") % {"risk": item.risk, "kind": item.get_kind_display()}


def own_seat(panel: Panel, user: User) -> PanelSeat | None:
    return panel.seats.filter(expert=user).first()


def percent_of(value: Decimal) -> str:
    return f"{value.normalize():f} %"
