from identification.models.checklists import (
    Answer,
    Checklist,
    ChecklistAnswer,
    ChecklistItem,
    ChecklistRun,
    ChecklistVersion,
)
from identification.models.radar import (
    EmergingReading,
    EmergingRisk,
    EmergingState,
    Grade,
    Horizon,
    Trend,
    Velocity,
)
from identification.models.swift import GuideWord, SwiftRow, SwiftSession

__all__ = [
    "Answer",
    "Checklist",
    "ChecklistAnswer",
    "ChecklistItem",
    "ChecklistRun",
    "ChecklistVersion",
    "EmergingReading",
    "EmergingRisk",
    "EmergingState",
    "Grade",
    "GuideWord",
    "Horizon",
    "SwiftRow",
    "SwiftSession",
    "Trend",
    "Velocity",
]
