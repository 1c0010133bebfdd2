from assurance.api.findings import EngagementViewSet, FindingViewSet

ROUTES = [("audits", EngagementViewSet, "audit"), ("findings", FindingViewSet, "finding")]
