from assessment.models.assessments import (
    AssessedControl,
    AssessedRating,
    Assessment,
    AssessmentState,
    VoidReason,
)
from assessment.models.methods import DataLevel, Figure, Method, MethodResult, MixRule, Novelty, ScaleTable
from assessment.models.panels import (
    Estimate,
    Panel,
    PanelItem,
    PanelRound,
    PanelSeat,
    PanelState,
    RoundVerdict,
)
from assessment.models.votes import Dissent, Outcome, Vote

__all__ = [
    "AssessedControl",
    "AssessedRating",
    "Assessment",
    "AssessmentState",
    "DataLevel",
    "Dissent",
    "Estimate",
    "Figure",
    "Method",
    "MethodResult",
    "MixRule",
    "Novelty",
    "Outcome",
    "Panel",
    "PanelItem",
    "PanelRound",
    "PanelSeat",
    "PanelState",
    "RoundVerdict",
    "ScaleTable",
    "VoidReason",
    "Vote",
]
