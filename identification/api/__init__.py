from identification.api.checklists import ChecklistRunViewSet, ChecklistViewSet
from identification.api.radar import EmergingRiskViewSet

ROUTES: list = [
    ("checklists", ChecklistViewSet, "checklist"),
    ("checklist-runs", ChecklistRunViewSet, "checklist-run"),
    ("emerging-risks", EmergingRiskViewSet, "emerging"),
]
