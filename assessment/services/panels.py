"""Panels of experts: begun with what they judge, finished with a conclusion or cancelled, and what they arrived at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment.models import Dissent, Panel, PanelItem, PanelRound, PanelState, RoundVerdict, Vote
from assessment.rules.delphi import is_apart, rounded_up, spread_of, weighted_median
from audit.services import name_act
from risk.models import MatrixMapping, Risk, RiskLevel, RiskMatrix, RiskStatus
from risk.rules.ratings import Judgement, Place
from risk.services.register import cells_of, matrix_in_force
from staff.models import User

MOST_ITEMS = 20


class Levelled:
    """What has a level of the matrix, which people read as they read that of a rating."""

    level: str

    def get_level_display(self) -> str:
        return str(RiskLevel(self.level).label)


@dataclass(frozen=True)
class Mapped(Levelled):
    """Where a result lies under the matrix in force, by the mapping that two people agreed on."""

    matrix: RiskMatrix
    likelihood: int
    impact: int
    score: int
    level: str


@dataclass(frozen=True)
class Reading:
    """What the votes of one round say of one item: medians by weight, quartile ranges in steps, how many voted."""

    likelihood: Decimal
    impact: Decimal
    probability: Decimal
    spread_likelihood: Decimal
    spread_impact: Decimal
    experts: int

    @property
    def place(self) -> Place:
        """The place of the matrix: a half goes up, to the graver one."""
        return rounded_up(self.likelihood), rounded_up(self.impact)


@dataclass(frozen=True)
class PanelResult(Levelled):
    """What a panel arrived at for one item, under its own matrix and, where that is another, under the one in force.

    `mapped` is None where the matrix in force has no agreed place for it: the item must then be judged again
    (`must_be_judged_again`). `agreements` are (round, W, verdict), W None where ranks say nothing."""

    item: PanelItem
    matrix: RiskMatrix
    likelihood: int
    impact: int
    score: int
    level: str
    probability: Decimal
    spread_likelihood: Decimal
    spread_impact: Decimal
    experts: int
    converged: bool
    agreements: list[tuple[int, Decimal | None, str]]
    dissents: list[Dissent]
    mapped: Mapped | None

    @property
    def must_be_judged_again(self) -> bool:
        return self.mapped is None


@transaction.atomic
def begin_panel(*, actor: User, at: datetime, items: Sequence[Mapping[str, Any]], **fields: Any) -> Panel:
    """Begin a panel under the matrix in force at `at`, which it keeps. `items` are risks (`risk`, `kind`) or questions
    (`question`), each optionally with the interval that is asked for (`estimate`, `currency`). The actor facilitates it,
    and so does not vote."""
    if not 1 <= len(items) <= MOST_ITEMS:
        raise ValidationError({"risks": _("A panel judges from 1 to %(most)s things.") % {"most": MOST_ITEMS}})
    matrix = matrix_in_force(timezone.localdate(at))
    panel = Panel(facilitator=actor, matrix=matrix, begun_at=at, **fields)
    panel.full_clean(exclude=["reference"])
    name_act("assessment.panel.begun")
    panel.save()
    panel.refresh_from_db(fields=["reference"])
    for position, item in enumerate(items, 1):
        _add_item(actor, panel, position, item)
    return panel


def _add_item(actor: User, panel: Panel, position: int, fields: Mapping[str, Any]) -> PanelItem:
    item = PanelItem(panel=panel, position=position, **fields)
    if item.risk is not None:
        _check_risk(actor, item.risk)
    item.full_clean()
    item.save()
    return item


def _check_risk(actor: User, risk: Risk) -> None:
    if not Risk.objects.visible_to(actor).filter(pk=risk.pk).exists():
        raise ValidationError({"risks": _("This risk is outside your scope.")})
    if risk.status != RiskStatus.OPEN:
        closed = _("%(reference)s is closed: open it again first.") % {"reference": risk.reference}
        raise ValidationError({"risks": closed})


@transaction.atomic
def finish_panel(*, actor: User, panel_id: int, conclusion: str, at: datetime) -> Panel:
    """Finish a running panel with what it concluded, between rounds; the last closed round counts, agreed or not."""
    panel = locked_panel(panel_id, PanelState.RUNNING)
    check_facilitates(actor, panel)
    if not conclusion.strip():
        raise ValidationError({"conclusion": _("Say what the panel concluded.")})
    if panel.rounds.filter(closed_at__isnull=True).exists():
        raise ValidationError(_("A round is open: close it first."))
    if not panel.rounds.filter(voters__gt=0).exists():
        raise ValidationError(_("Nobody has voted yet: cancel the panel, or open another round."))
    return _end(panel, PanelState.FINISHED, conclusion, at)


@transaction.atomic
def cancel_panel(*, actor: User, panel_id: int, reason: str, at: datetime) -> Panel:
    """Cancel a panel for a stated reason. What was voted stays in the log's tables, and counts for nothing."""
    panel = locked_panel(panel_id, PanelState.PREPARING, PanelState.RUNNING)
    check_facilitates(actor, panel)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the panel is cancelled.")})
    return _end(panel, PanelState.CANCELLED, reason, at)


def _end(panel: Panel, state: str, words: str, at: datetime) -> Panel:
    name_act(f"assessment.panel.{state}", reason=words)
    panel.state, panel.conclusion, panel.ended_at = state, words.strip(), at
    panel.save(update_fields=["state", "conclusion", "ended_at"])
    return panel


def locked_panel(panel_id: int, *states: str) -> Panel:
    """Return the panel, locked, where it is in one of `states`; ValidationError in others."""
    panel = Panel.objects.select_for_update(of=["self"]).get(pk=panel_id)
    if panel.state not in states:
        raise ValidationError(
            _("%(panel)s is %(state)s: this is not possible any more, or not yet.")
            % {"panel": panel.reference, "state": panel.get_state_display()}
        )
    return panel


def check_facilitates(actor: User, panel: Panel) -> None:
    """Raise PermissionDenied for whoever may not run panels, or sits on this one."""
    if hurdle := hurdle_to_facilitating(actor, panel):
        raise PermissionDenied(hurdle)


def hurdle_to_facilitating(actor: User, panel: Panel) -> str:
    """Return the sentence that says why somebody may not run a panel, or nothing."""
    if not actor.has_perm("assessment.change_panel"):
        return _("Your role does not allow this.")
    if panel.seats.filter(expert=actor).exists():
        return _("You sit on this panel: somebody who does not vote runs it.")
    return ""


def result_of(panel: Panel, item: PanelItem) -> PanelResult | None:
    """Return what the last closed round in which somebody voted says of an item; None before there is one."""
    return next((one for one in results_of(panel) if one.item.pk == item.pk), None)


def results_of(panel: Panel) -> list[PanelResult]:
    """Return what a panel has arrived at for each item, in their order, by the last closed round with votes; nothing
    before there is one. The number of queries does not depend on how many items or votes there are."""
    rounds = [one for one in panel.rounds.all() if one.closed_at]
    counted = [one for one in rounds if one.voters]
    if not counted:
        return []
    readings = readings_of([counted[-1]])
    cells = cells_of(panel.matrix)
    mapping = _Mapping(panel.matrix)
    dissents = list(Dissent.objects.filter(item__panel=panel).select_related("seat__expert"))
    return [
        _result(item, panel, counted, reading, cells, mapping, [one for one in dissents if one.item_id == item.pk])
        for item in panel.items.select_related("risk")
        if (reading := readings.get((counted[-1].pk, item.pk)))
    ]


def _result(
    item: PanelItem,
    panel: Panel,
    rounds: list[PanelRound],
    reading: Reading,
    cells: Mapping[Place, Judgement],
    mapping: "_Mapping",
    dissents: list[Dissent],
) -> PanelResult:
    found = cells[reading.place]
    likelihood, impact = reading.place
    return PanelResult(
        item=item,
        matrix=panel.matrix,
        likelihood=likelihood,
        impact=impact,
        score=found.score,
        level=found.level,
        probability=reading.probability,
        spread_likelihood=reading.spread_likelihood,
        spread_impact=reading.spread_impact,
        experts=reading.experts,
        converged=rounds[-1].verdict == RoundVerdict.AGREED,
        agreements=[(one.number, one.agreement, one.verdict) for one in rounds],
        dissents=dissents,
        mapped=mapping.place_of(reading.place),
    )


def readings_of(rounds: Sequence[PanelRound]) -> dict[tuple[int, int], Reading]:
    """Return `{(round, item): what the votes say}` of closed rounds; of an open round nobody is told anything."""
    closed = [one.pk for one in rounds if one.closed_at]
    votes: dict[tuple[int, int], list[Vote]] = {}
    for vote in Vote.objects.filter(round__in=closed).select_related("seat").order_by("pk"):
        votes.setdefault((vote.round_id, vote.item_id), []).append(vote)
    return {key: reading_of(cast) for key, cast in votes.items()}


def reading_of(votes: Sequence[Vote]) -> Reading:
    """Return what votes of one item say; each brings its seat."""
    weights = [vote.seat.weight for vote in votes]
    likelihoods, impacts = [vote.likelihood for vote in votes], [vote.impact for vote in votes]
    return Reading(
        likelihood=weighted_median(likelihoods, weights),
        impact=weighted_median(impacts, weights),
        probability=weighted_median([vote.probability for vote in votes], weights),
        spread_likelihood=spread_of(likelihoods),
        spread_impact=spread_of(impacts),
        experts=len(votes),
    )


def is_off(vote: Vote, reading: Reading) -> bool:
    """Return whether a vote lies more than one step from the panel's place, so that its expert is asked to dissent."""
    likelihood, impact = reading.place
    return is_apart(vote.likelihood, likelihood) or is_apart(vote.impact, impact)


class _Mapping:
    """From places of a panel's matrix to places of the one in force, over every matrix that was in force between."""

    def __init__(self, matrix: RiskMatrix) -> None:
        today = timezone.localdate()
        self.now = matrix_in_force(today)
        self.cells = cells_of(self.now)
        self.steps: list[dict[Place, Place]] = []
        chain = [matrix.pk, *self._later(matrix, today)] if self.now.pk != matrix.pk else []
        rows = MatrixMapping.objects.filter(matrix__in=chain) if chain else []
        for old, new in zip(chain, chain[1:], strict=False):
            self.steps.append(
                {
                    (row.old_likelihood, row.old_impact): (row.likelihood, row.impact)
                    for row in rows
                    if row.old_matrix_id == old and row.matrix_id == new
                }
            )

    @staticmethod
    def _later(matrix: RiskMatrix, today: Any) -> list[int]:
        later = RiskMatrix.objects.filter(in_force_from__lte=today).order_by("in_force_from", "version")
        keys = list(later.values_list("pk", flat=True))
        return keys[keys.index(matrix.pk) + 1 :]

    def place_of(self, place: Place) -> Mapped | None:
        found: Place | None = place
        for step in self.steps:
            found = step.get(found) if found else None
        judged = self.cells.get(found) if found else None
        return Mapped(self.now, found[0], found[1], judged.score, judged.level) if found and judged else None


def panel_url(panel: Panel) -> str:
    return reverse("assessment:panel_detail", args=[panel.reference])
