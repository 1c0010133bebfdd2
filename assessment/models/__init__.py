from assessment.models.assessments import (
    AssessedControl,
    AssessedRating,
    Assessment,
    AssessmentState,
    VoidReason,
)
from assessment.models.mixes import DataLevel, MixRule, Novelty
from assessment.models.panels import (
    Estimate,
    Panel,
    PanelItem,
    PanelRound,
    PanelSeat,
    PanelState,
    RoundVerdict,
)
from assessment.models.results import Method, MethodResult
from assessment.models.scale_tables import Figure, ScaleTable
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
