from identification.models.cause_trees import CauseKind, CauseNode, CauseTree, Gate
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
    "CauseKind",
    "CauseNode",
    "CauseTree",
    "Checklist",
    "ChecklistAnswer",
    "ChecklistItem",
    "ChecklistRun",
    "ChecklistVersion",
    "EmergingReading",
    "EmergingRisk",
    "EmergingState",
    "Gate",
    "Grade",
    "GuideWord",
    "Horizon",
    "SwiftRow",
    "SwiftSession",
    "Trend",
    "Velocity",
]
