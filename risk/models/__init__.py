from risk.models.alerts import Alert
from risk.models.appetite import AppetiteBreach, AppetiteStatement, MatrixMapping
from risk.models.classification import BaselType, Cause, Consequence, RiskSubclass, TierRule
from risk.models.conflict_rules import ConflictRule
from risk.models.controls import (
    AutomatedRun,
    Control,
    ControlKind,
    ControlTest,
    ControlTestItem,
    Effectiveness,
    Frequency,
    SampleSizeRule,
)
from risk.models.duty_exceptions import DutyException
from risk.models.evidence import EvidenceFile
from risk.models.indicators import Band, Direction, Indicator, IndicatorReading, IndicatorSource, Unit
from risk.models.loan_grades import NONPERFORMING, LoanClassCode, LoanClassRule, LoanGrade
from risk.models.parameters import Parameter
from risk.models.proposals import ProposalSource, ProposalState, RiskProposal
from risk.models.reassessments import Reassessment
from risk.models.register import RatingBasis, RatingKind, Risk, RiskRating, RiskReview, RiskStatus
from risk.models.taxonomy import RiskClass, RiskLevel, RiskMatrix, RiskMatrixCell
from risk.models.treatments import Strategy, Treatment, TreatmentState, TreatmentTask

__all__ = [
    "Alert",
    "AppetiteBreach",
    "AutomatedRun",
    "AppetiteStatement",
    "MatrixMapping",
    "BaselType",
    "Cause",
    "ConflictRule",
    "Consequence",
    "RiskSubclass",
    "TierRule",
    "Band",
    "Control",
    "ControlKind",
    "ControlTest",
    "ControlTestItem",
    "Direction",
    "DutyException",
    "Effectiveness",
    "EvidenceFile",
    "Frequency",
    "SampleSizeRule",
    "Strategy",
    "Treatment",
    "TreatmentState",
    "TreatmentTask",
    "Indicator",
    "IndicatorReading",
    "IndicatorSource",
    "LoanClassCode",
    "LoanClassRule",
    "LoanGrade",
    "NONPERFORMING",
    "Parameter",
    "ProposalSource",
    "ProposalState",
    "RiskProposal",
    "RatingBasis",
    "RatingKind",
    "Reassessment",
    "Risk",
    "RiskClass",
    "RiskLevel",
    "RiskMatrix",
    "RiskMatrixCell",
    "RiskRating",
    "RiskReview",
    "RiskStatus",
    "Unit",
]
