from incidents.api.cases import CaseViewSet
from incidents.api.plans import ActivationViewSet, PlanViewSet

ROUTES = [
    ("cases", CaseViewSet, "case"),
    ("plans", PlanViewSet, "plan"),
    ("activations", ActivationViewSet, "activation"),
]
