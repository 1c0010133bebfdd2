from identification.api.cause_trees import CauseTreeViewSet
from identification.api.checklists import ChecklistRunViewSet, ChecklistViewSet
from identification.api.radar import EmergingRiskViewSet
from identification.api.swift import SwiftSessionViewSet

ROUTES: list = [
    ("cause-trees", CauseTreeViewSet, "cause-tree"),
    ("checklists", ChecklistViewSet, "checklist"),
    ("checklist-runs", ChecklistRunViewSet, "checklist-run"),
    ("emerging-risks", EmergingRiskViewSet, "emerging"),
    ("swift-sessions", SwiftSessionViewSet, "swift-session"),
]
