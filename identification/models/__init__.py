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

__all__ = [
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
