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
    "Horizon",
    "MapElement",
    "MapState",
    "ProcessMap",
    "ProcessMapVersion",
    "Trend",
    "Velocity",
]
