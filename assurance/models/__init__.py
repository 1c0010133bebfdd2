from assurance.models.engagements import AuditSample, AuditUnit, Engagement, EngagementState
from assurance.models.findings import Finding, FindingState

__all__ = ["AuditSample", "AuditUnit", "Engagement", "EngagementState", "Finding", "FindingState"]
