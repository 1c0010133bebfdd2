from identification.models.changes import ChangeEntry, ChangeState, RegulatoryChange
from identification.models.radar import (
    EmergingReading,
    EmergingRisk,
    EmergingState,
    Grade,
    Horizon,
    Trend,
    Velocity,
)

__all__ = [
    "ChangeEntry",
    "ChangeState",
    "EmergingReading",
    "EmergingRisk",
    "EmergingState",
    "Grade",
    "Horizon",
    "RegulatoryChange",
    "Trend",
    "Velocity",
]
