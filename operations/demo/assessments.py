"""Assessments at the demo company: one approved, one that waits for approval, one being judged, and one that a change of its
risk has voided."""

from datetime import datetime
from decimal import Decimal

from assessment.models import Assessment, Panel, PanelState
from assessment.services.assessments import begin_assessment
from assessment.services.decisions import approve_assessment, decide_rating, submit_assessment
from assessment.services.results import judge_by_model, judge_by_panel
from risk.models import Risk
from risk.rules.ratings import Place
from risk.services.register import change_risk
from staff.models import User

WHY = "The model and the panel were weighed against the losses of the last years; the graver one counts."
MODEL = {"model": "Loss forecast of operations", "model_version": "2026.3", "currency": "CNY", "figure": "chance"}
# Inherent and residual: decided apart from all methods, the same, and as the model and the panel say.
PLACES = [((5, 5), (4, 3)), ((5, 5), (4, 3)), ((4, 4), (3, 2))]
BY_MODEL_AND_PANEL = "A model of losses exists for it, and a panel sat last month."


def make_assessments(people: dict[str, User], *, now: datetime) -> None:
    """Judge the risks that the finished panel judged, each to another state."""
    panel = Panel.objects.filter(state=PanelState.FINISHED).order_by("-ended_at", "-pk").first()
    if panel is None:
        return
    risks = [item.risk for item in panel.items.select_related("risk__owner").order_by("position") if item.risk]
    for number, risk in enumerate(risks[:3]):
        made = _judged(people, risk, panel, now)
        _decided(risk, made, PLACES[number], now)
        if number != 1:
            _approved(people, made, now)
    change_risk(actor=people["risk"], risk_id=risks[0].pk, changes={"causes": f"{risks[0].causes}\nA second provider."})
    others = Risk.objects.open().filter(owner__isnull=False, assessments=None).exclude(pk__in=[one.pk for one in risks])
    if risk := others.order_by("pk").first():
        begin_assessment(actor=people["risk"], risk_id=risk.pk, novelty="changed", at=now)


def _judged(people: dict[str, User], risk: Risk, panel: Panel, at: datetime) -> Assessment:
    """Judged by data, a model and the panel, which do not quite agree."""
    made = begin_assessment(
        actor=people["risk"], risk_id=risk.pk, novelty="known", methods=["data", "model", "expert"],
        departure=BY_MODEL_AND_PANEL, at=at,
    )  # fmt: skip
    for kind, chance, loss in (("inherent", "65", "4500000"), ("residual", "35", "650000")):
        judge_by_model(
            actor=people["risk"], assessment_id=made.pk, kind=kind, value=Decimal(chance), loss=Decimal(loss), at=at, **MODEL
        )  # fmt: skip
    judge_by_panel(actor=people["risk"], assessment_id=made.pk, panel_id=panel.pk, at=at)
    return made


def _decided(risk: Risk, made: Assessment, places: tuple[Place, Place], at: datetime) -> None:
    for kind, place in zip(("inherent", "residual", "target"), (*places, (2, 2)), strict=True):
        decide_rating(
            actor=risk.owner, assessment_id=made.pk, kind=kind, likelihood=place[0], impact=place[1], reason=WHY, at=at
        )
    submit_assessment(actor=risk.owner, assessment_id=made.pk, at=at)


def _approved(people: dict[str, User], made: Assessment, at: datetime) -> None:
    made.refresh_from_db()
    approve_assessment(actor=people["compliance"], assessment_id=made.pk, content_hash=made.content_hash, at=at)
