from identification.models.checklists import (
    Answer,
    Checklist,
    ChecklistAnswer,
    ChecklistItem,
    ChecklistRun,
    ChecklistVersion,
)
from identification.models.maps import (
    ElementControl,
    ElementKind,
    ElementRisk,
    MapElement,
    MapState,
    ProcessMap,
    ProcessMapVersion,
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
from identification.models.swift import (
    GuideWord,
    SwiftRow,
    SwiftSession,
)

__all__ = [
    "Answer",
    "Checklist",
    "ChecklistAnswer",
    "ChecklistItem",
    "ChecklistRun",
    "ChecklistVersion",
    "ElementControl",
    "ElementKind",
    "ElementRisk",
    "EmergingReading",
    "EmergingRisk",
    "EmergingState",
    "Grade",
    "GuideWord",
    "Horizon",
    "MapElement",
    "MapState",
    "ProcessMap",
    "ProcessMapVersion",
    "SwiftRow",
    "SwiftSession",
    "Trend",
    "Velocity",
]
