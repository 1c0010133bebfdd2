from assurance.models.engagements import AuditSample, AuditUnit, Engagement, EngagementState
from assurance.models.findings import Finding, FindingState
from assurance.models.papers import PaperEvidence, Tick, TickMark, WorkingPaper
from assurance.models.plans import AuditPlan, AuditPlanLine
from assurance.models.programme import ProgrammeStep

__all__ = [
    "AuditPlan", "AuditPlanLine", "AuditSample", "AuditUnit", "Engagement", "EngagementState", "Finding", "FindingState",
    "PaperEvidence", "ProgrammeStep", "Tick", "TickMark", "WorkingPaper",
]  # fmt: skip
