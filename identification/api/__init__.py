from identification.api.cause_trees import CauseTreeViewSet
from identification.api.changes import RegulatoryChangeViewSet
from identification.api.checklists import ChecklistRunViewSet, ChecklistViewSet
from identification.api.radar import EmergingRiskViewSet
from identification.api.scenarios import BowTieViewSet, ScenarioViewSet
from identification.api.self_assessments import SelfAssessmentViewSet
from identification.api.swift import SwiftSessionViewSet

ROUTES: list = [
    ("cause-trees", CauseTreeViewSet, "cause-tree"),
    ("regulatory-changes", RegulatoryChangeViewSet, "regulatory-change"),
    ("checklists", ChecklistViewSet, "checklist"),
    ("checklist-runs", ChecklistRunViewSet, "checklist-run"),
    ("emerging-risks", EmergingRiskViewSet, "emerging"),
    ("scenarios", ScenarioViewSet, "scenario"),
    ("bow-ties", BowTieViewSet, "bow-tie"),
    ("self-assessments", SelfAssessmentViewSet, "self-assessment"),
    ("swift-sessions", SwiftSessionViewSet, "swift-session"),
]
