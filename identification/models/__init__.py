from identification.models.changes import ChangeEntry, ChangeState, RegulatoryChange
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
    "ChangeEntry",
    "ChangeState",
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
    "RegulatoryChange",
    "SwiftRow",
    "SwiftSession",
    "Trend",
    "Velocity",
]
