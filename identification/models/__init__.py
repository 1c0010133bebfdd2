from identification.models.bow_ties import Barrier, BarrierSide, BowTie, BowTieConsequence, BowTieThreat
from identification.models.scenarios import (
    FactorUnit,
    RiskFactor,
    Scenario,
    ScenarioKind,
    ScenarioOutcome,
    ScenarioRevision,
    ScenarioShock,
    ScenarioState,
)
from identification.models.self_assessments import AnswerTag, AssessmentPurpose, Invitee, SelfAssessment

__all__ = [
    "AnswerTag",
    "AssessmentPurpose",
    "Invitee",
    "SelfAssessment",
    "Barrier",
    "BarrierSide",
    "BowTie",
    "BowTieConsequence",
    "BowTieThreat",
    "FactorUnit",
    "RiskFactor",
    "Scenario",
    "ScenarioKind",
    "ScenarioOutcome",
    "ScenarioRevision",
    "ScenarioShock",
    "ScenarioState",
]
