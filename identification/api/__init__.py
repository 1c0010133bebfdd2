from identification.api.scenarios import BowTieViewSet, ScenarioViewSet

ROUTES: list = [
    ("scenarios", ScenarioViewSet, "scenario"),
    ("bow-ties", BowTieViewSet, "bow-tie"),
]
