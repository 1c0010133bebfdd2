from identification.api.scenarios import BowTieViewSet, ScenarioViewSet
from identification.api.self_assessments import SelfAssessmentViewSet

ROUTES: list = [
    ("scenarios", ScenarioViewSet, "scenario"),
    ("bow-ties", BowTieViewSet, "bow-tie"),
    ("self-assessments", SelfAssessmentViewSet, "self-assessment"),
]
