from identification.api.cause_trees import (
    CauseTreeViewSet,
)
from identification.api.changes import (
    RegulatoryChangeViewSet,
)
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
from identification.api.scenarios import (
    BowTieViewSet,
    ScenarioViewSet,
)
from identification.api.self_assessments import (
    SelfAssessmentViewSet,
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
    ("regulatory-changes", RegulatoryChangeViewSet, "regulatory-change"),
    ("scenarios", ScenarioViewSet, "scenario"),
    ("bow-ties", BowTieViewSet, "bow-tie"),
    ("self-assessments", SelfAssessmentViewSet, "self-assessment"),
    ("cause-trees", CauseTreeViewSet, "cause-tree"),
]
