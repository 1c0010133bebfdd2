from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from assessment.models import Method
from assessment.services.assessments import begin_assessment
from assessment.services.decisions import approve_assessment, decide_rating, submit_assessment
from assessment.services.results import judge_by_model
from tests.factories.response import ControlFactory, ControlTestFactory
from tests.factories.risk import IndicatorFactory, ReadingFactory, RiskFactory
from tests.factories.staff import UserFactory, past_the_guards

WHY = "Losses of two years, and the model of March, say the same."


def a_watched_risk(*, outside=0, readings=20, **fields):
    """A risk of an owner with an indicator that was read on `readings` days, red on the first `outside` of them."""
    risk = RiskFactory(**fields)
    indicator = IndicatorFactory(owner=risk.owner)
    indicator.risks.add(risk)
    for day in range(readings):
        value = Decimal("0.09") if day < outside else Decimal("0.01")
        ReadingFactory(indicator=indicator, value=value, day=timezone.localdate() - timedelta(days=day))
    return risk


def a_control(risk, works="effective", **fields):
    """A control of a risk that was tested with a conclusion; empty for one that nobody has tested."""
    control = ControlFactory(**fields)
    control.risks.add(risk)
    return with_test(control, works) if works else control


def with_test(control, works):
    test = ControlTestFactory(control=control, finished_at=timezone.now(), conclusion=works, reason="25 looked at.")
    with past_the_guards():
        control.last_test = test
        control.save(update_fields=["last_test"])
    return control


def an_assessment(*, risk=None, methods=(Method.MODEL,), novelty="known", **fields):
    """An assessment that is being judged, by the model alone unless told otherwise."""
    risk = risk or RiskFactory()
    return begin_assessment(
        actor=fields.pop("actor", risk.owner), risk_id=risk.pk, novelty=novelty, methods=methods,
        departure="For a test.", at=fields.pop("at", timezone.now()), **fields,
    )  # fmt: skip


def said_by_model(assessment, *, kind="residual", chance="30", loss="500000", version="4.2", **fields):
    return judge_by_model(
        actor=assessment.risk.owner, assessment_id=assessment.pk, kind=kind, model="Scorecard", model_version=version,
        figure="chance", value=Decimal(chance), loss=Decimal(loss), currency="CNY", at=timezone.now(), **fields,
    )  # fmt: skip


def decide(assessment, kind, place, reason=WHY, actor=None):
    return decide_rating(
        actor=actor or assessment.risk.owner, assessment_id=assessment.pk, kind=kind, likelihood=place[0],
        impact=place[1], reason=reason, at=timezone.now(),
    )  # fmt: skip


def a_decided_assessment(*, inherent=(4, 4), residual=(3, 3), **fields):
    """An assessment that waits for approval."""
    assessment = an_assessment(**fields)
    if "model" in assessment.methods:
        said_by_model(assessment)
    decide(assessment, "inherent", inherent)
    decide(assessment, "residual", residual)
    return submit_assessment(actor=assessment.risk.owner, assessment_id=assessment.pk, at=timezone.now())


def an_approved_assessment(*, approver=None, **fields):
    assessment = a_decided_assessment(**fields)
    return approve_assessment(
        actor=approver or UserFactory(role="compliance"), assessment_id=assessment.pk,
        content_hash=assessment.content_hash, at=timezone.now(),
    )  # fmt: skip
