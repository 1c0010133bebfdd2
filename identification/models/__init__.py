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
    "EmergingReading",
    "EmergingRisk",
    "EmergingState",
    "Grade",
    "Horizon",
    "Trend",
    "Velocity",
]
