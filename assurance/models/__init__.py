from assurance.models.engagements import AuditSample, AuditUnit, Engagement, EngagementState
from assurance.models.findings import Finding, FindingState
from assurance.models.plans import AuditPlan, AuditPlanLine

__all__ = [
    "AuditPlan", "AuditPlanLine", "AuditSample", "AuditUnit", "Engagement", "EngagementState", "Finding", "FindingState",
]  # fmt: skip
