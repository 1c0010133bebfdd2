from assurance.api.areas import AuditAreaViewSet, AuditSampleViewSet
from assurance.api.findings import EngagementViewSet, FindingViewSet

ROUTES = [
    ("audits", EngagementViewSet, "audit"),
    ("findings", FindingViewSet, "finding"),
    ("audit-areas", AuditAreaViewSet, "audit-area"),
    ("audit-samples", AuditSampleViewSet, "audit-sample"),
]
