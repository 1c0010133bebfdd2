from assurance.api.areas import AuditAreaViewSet, AuditSampleViewSet
from assurance.api.findings import EngagementViewSet, FindingViewSet
from assurance.api.papers import ProgrammeStepViewSet, WorkingPaperViewSet
from assurance.api.plans import AuditPlanViewSet

ROUTES = [
    ("audit-plans", AuditPlanViewSet, "audit-plan"),
    ("audits", EngagementViewSet, "audit"),
    ("findings", FindingViewSet, "finding"),
    ("working-papers", WorkingPaperViewSet, "working-paper"),
    ("programme-steps", ProgrammeStepViewSet, "programme-step"),
    ("audit-areas", AuditAreaViewSet, "audit-area"),
    ("audit-samples", AuditSampleViewSet, "audit-sample"),
]
