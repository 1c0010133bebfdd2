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
    "Dissent",
    "Estimate",
    "Outcome",
    "Panel",
    "PanelItem",
    "PanelRound",
    "PanelSeat",
    "PanelState",
    "RoundVerdict",
    "Vote",
]
