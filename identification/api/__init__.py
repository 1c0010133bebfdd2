from identification.api.checklists import (
    ChecklistRunViewSet,
    ChecklistViewSet,
)
from identification.api.maps import (
    MapViewSet,
)
from identification.api.radar import (
    EmergingRiskViewSet,
)
from identification.api.swift import (
    SwiftSessionViewSet,
)

ROUTES: list = [
    ("checklists", ChecklistViewSet, "checklist"),
    ("checklist-runs", ChecklistRunViewSet, "checklist-run"),
    ("emerging-risks", EmergingRiskViewSet, "emerging"),
    ("process-maps", MapViewSet, "process-map"),
    ("swift-sessions", SwiftSessionViewSet, "swift-session"),
]
