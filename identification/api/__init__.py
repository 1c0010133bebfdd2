from identification.api.changes import RegulatoryChangeViewSet
from identification.api.checklists import ChecklistRunViewSet, ChecklistViewSet
from identification.api.radar import EmergingRiskViewSet
from identification.api.swift import SwiftSessionViewSet

ROUTES: list = [
    ("emerging-risks", EmergingRiskViewSet, "emerging"),
    ("regulatory-changes", RegulatoryChangeViewSet, "regulatory-change"),
    ("checklists", ChecklistViewSet, "checklist"),
    ("checklist-runs", ChecklistRunViewSet, "checklist-run"),
    ("swift-sessions", SwiftSessionViewSet, "swift-session"),
]
