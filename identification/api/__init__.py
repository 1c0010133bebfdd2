from identification.api.changes import RegulatoryChangeViewSet
from identification.api.radar import EmergingRiskViewSet

ROUTES: list = [
    ("emerging-risks", EmergingRiskViewSet, "emerging"),
    ("regulatory-changes", RegulatoryChangeViewSet, "regulatory-change"),
]
