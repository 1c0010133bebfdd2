from governance.api.duties import DutyAreaViewSet
from governance.api.lines import LineAssignmentViewSet
from governance.api.policies import AttestationViewSet, PolicyViewSet

ROUTES = [
    ("policies", PolicyViewSet, "policy"),
    ("attestations", AttestationViewSet, "attestation"),
    ("duty-areas", DutyAreaViewSet, "duty-area"),
    ("line-assignments", LineAssignmentViewSet, "line-assignment"),
]
