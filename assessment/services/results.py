"""What each method says of a risk, recorded side by side in an assessment that is being judged."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment.loss_history import WINDOW_YEARS
from assessment.models import Assessment, Figure, Method, MethodResult, Panel, PanelState
from assessment.rules.history import nearest_rank, yearly
from assessment.services.data import Data, data_of
from assessment.services.drafts import locked_draft
from assessment.services.panels import results_of
from assessment.services.scale_tables import Mapped, map_figure
from audit.services import name_act
from identification.models import ScenarioOutcome
from risk.models import RatingKind
from staff.models import User

HUNDRED = Decimal(100)


@transaction.atomic
def judge_by_data(*, actor: User, assessment_id: int, at: datetime) -> MethodResult:
    """Work out what readings and losses say of the risk as it stands, after its controls: how often from losses a year
    and from the share of readings outside green (the graver of the two), how much from the losses that are bad."""
    assessment = locked_draft(actor, assessment_id)
    data = data_of(assessment.risk, timezone.localdate(at))
    often, much = _how_often(assessment, data, at), _how_much(assessment, data, at)
    evidence = [*_seen(data), *(one.as_evidence() for one in [*often, *much])]
    steps = [one.step for one in often if one.step]
    name_act("assessment.result.by_data")
    return _record(
        assessment, actor, at, RatingKind.RESIDUAL, Method.DATA,
        likelihood=max(steps, default=None), impact=much[0].step if much else None, evidence=evidence,
    )  # fmt: skip


def _how_often(assessment: Assessment, data: Data, at: datetime) -> list[Mapped]:
    day, found = timezone.localdate(at), []
    if data.losses.count:
        times = yearly(data.losses.count, Decimal(WINDOW_YEARS))
        found.append(map_figure(assessment.matrix, Figure.TIMES, times, at=day))
    if data.indicators:
        worst = data.indicators[0].outside * HUNDRED
        found.append(map_figure(assessment.matrix, Figure.OUTSIDE, worst, at=day))
    return found


def _how_much(assessment: Assessment, data: Data, at: datetime) -> list[Mapped]:
    currency = data.losses.currency
    if not currency:
        return []
    bad = nearest_rank(data.losses.amounts[currency])
    return [map_figure(assessment.matrix, Figure.LOSS, bad, at=timezone.localdate(at), currency=currency)]


def _seen(data: Data) -> list[dict[str, Any]]:
    """What was looked at, before it is mapped."""
    losses, currency = data.losses, data.losses.currency
    counted = len(losses.amounts.get(currency, []))
    seen: list[dict[str, Any]] = [
        {
            "kind": "losses",
            "count": losses.count,
            "years": WINDOW_YEARS,
            "currency": currency,
            "left_out": losses.count - counted,
            "url": losses.url,
        }
    ]
    return seen + [
        {
            "kind": "indicator",
            "code": one.code,
            "name": one.name,
            "readings": one.readings,
            "outside": f"{one.outside * HUNDRED:.1f}",
        }
        for one in data.indicators[:5]
    ]


@transaction.atomic
def judge_by_model(
    *,
    actor: User,
    assessment_id: int,
    kind: str,
    model: str,
    model_version: str,
    at: datetime,
    figure: str = "",
    value: Decimal | None = None,
    loss: Decimal | None = None,
    currency: str = "",
    note: str = "",
) -> MethodResult:
    """Record what a model says: a figure that is mapped to the likelihood, a loss that is mapped to the impact, or both,
    each by the table in force. A figure without a table is refused, for it would say nothing."""
    assessment = locked_draft(actor, assessment_id)
    if not model.strip() or not model_version.strip():
        raise ValidationError(_("Name the model and its version."))
    day = timezone.localdate(at)
    mapped: dict[str, Mapped] = {}
    if figure and value is not None:
        mapped["likelihood"] = map_figure(assessment.matrix, figure, value, at=day)
    if loss is not None:
        mapped["impact"] = map_figure(assessment.matrix, Figure.LOSS, loss, at=day, currency=currency.upper())
    _check_mapped(mapped, assessment)
    name_act("assessment.result.by_model")
    return _record(
        assessment, actor, at, kind, Method.MODEL,
        likelihood=mapped["likelihood"].step if "likelihood" in mapped else None,
        impact=mapped["impact"].step if "impact" in mapped else None,
        evidence=[one.as_evidence() for one in mapped.values()],
        model=model.strip(), model_version=model_version.strip(), note=note.strip(),
    )  # fmt: skip


def _check_mapped(mapped: dict[str, Mapped], assessment: Assessment) -> None:
    if not mapped:
        raise ValidationError(_("Give a figure of the model, a loss, or both."))
    for one in mapped.values():
        if one.step is None:
            raise ValidationError(
                _("No table maps “%(figure)s” to matrix %(matrix)s: add one on the page of methods first.")
                % {"figure": f"{Figure(one.figure).label} {one.currency}".strip(), "matrix": assessment.matrix}
            )


@transaction.atomic
def judge_by_panel(*, actor: User, assessment_id: int, panel_id: int, at: datetime) -> list[MethodResult]:
    """Take over what a finished panel said of the risk, before and after controls as it was asked, under the matrix of
    the assessment. A panel on another matrix counts where a mapping was agreed."""
    assessment = locked_draft(actor, assessment_id)
    panel = Panel.objects.visible_to(actor).filter(pk=panel_id, state=PanelState.FINISHED).first()
    found = [one for one in results_of(panel) if one.item.risk_id == assessment.risk_id] if panel else []
    if panel is None or not found:
        raise ValidationError({"panel": _("Choose a finished panel that judged this risk.")})
    if any(one.mapped is None or one.mapped.matrix != assessment.matrix for one in found):
        raise ValidationError(
            {"panel": _("This panel judged under another matrix without an agreed mapping: it must judge again.")}
        )
    name_act("assessment.result.by_panel")
    assessment.results.filter(
        method=Method.EXPERT
    ).delete()  # another panel may have judged both kinds, this one only one
    return [
        _record(
            assessment, actor, at, one.item.kind, Method.EXPERT,
            likelihood=one.mapped.likelihood, impact=one.mapped.impact, evidence=[_said_by_panel(one)], panel=panel,
        )
        for one in found if one.mapped
    ]  # fmt: skip


def _said_by_panel(result: Any) -> dict[str, Any]:
    agreement = result.agreements[-1][1]
    return {
        "kind": "panel",
        "experts": result.experts,
        "rounds": len(result.agreements),
        "agreement": "" if agreement is None else f"{agreement:.2f}",
        "converged": result.converged,
        "dissents": len(result.dissents),
    }


@transaction.atomic
def judge_by_scenario(*, actor: User, assessment_id: int, outcome_id: int, at: datetime) -> MethodResult:
    """Take over what those who discussed a scenario expect of this risk as it stands."""
    assessment = locked_draft(actor, assessment_id)
    outcome = ScenarioOutcome.objects.filter(pk=outcome_id, risk=assessment.risk).first()
    if outcome is None:
        raise ValidationError({"outcome": _("Choose an outcome of a scenario for this risk.")})
    if outcome.matrix_id != assessment.matrix_id:
        raise ValidationError({"outcome": _("This outcome was judged under another matrix: discuss it again.")})
    name_act("assessment.result.by_scenario")
    losses = [f"{amount:f}" for amount in (outcome.loss_low, outcome.loss_likely, outcome.loss_high)]
    line = {
        "kind": "scenario",
        "name": str(outcome.revision.scenario),
        "held_on": outcome.held_on.isoformat(),
        "currency": outcome.currency,
        "losses": losses,
    }
    return _record(
        assessment, actor, at, RatingKind.RESIDUAL, Method.SCENARIO,
        likelihood=outcome.likelihood, impact=outcome.impact, evidence=[line], outcome=outcome,
    )  # fmt: skip


def _record(assessment: Assessment, actor: User, at: datetime, kind: str, method: str, **fields: Any) -> MethodResult:
    """Write what a method says, in place of what it said before in this assessment."""
    if method not in assessment.methods:
        raise ValidationError(
            _("“%(method)s” is not among the methods of this assessment.") % {"method": Method(method).label}
        )
    blank = {"model": "", "model_version": "", "panel": None, "outcome": None, "note": ""}
    values = {**blank, **fields, "recorded_by": actor, "recorded_at": at}
    result, _new = MethodResult.objects.update_or_create(
        assessment=assessment, kind=kind, method=method, defaults=values
    )
    return result
