from risk.api.alerts import AlertViewSet
from risk.api.duties import ConflictRuleViewSet, DutyExceptionViewSet
from risk.api.indicators import IndicatorViewSet, ReadingViewSet
from risk.api.loan_grades import LoanGradeViewSet
from risk.api.proposals import ProposalViewSet
from risk.api.register import RatingViewSet, RiskViewSet
from risk.api.response import AutomatedRunViewSet, ControlTestViewSet, ControlViewSet, TreatmentViewSet
from risk.api.scales import AppetiteViewSet, BreachViewSet, MatrixViewSet

ROUTES = [
    ("controls", ControlViewSet, "control"),
    ("control-runs", AutomatedRunViewSet, "control-run"),
    ("control-tests", ControlTestViewSet, "control-test"),
    ("appetite", AppetiteViewSet, "appetite"),
    ("appetite-breaches", BreachViewSet, "appetite-breach"),
    ("conflict-rules", ConflictRuleViewSet, "conflict-rule"),
    ("duty-exceptions", DutyExceptionViewSet, "duty-exception"),
    ("matrices", MatrixViewSet, "matrix"),
    ("treatments", TreatmentViewSet, "treatment"),
    ("risk-proposals", ProposalViewSet, "risk-proposal"),
    ("risks", RiskViewSet, "risk"),
    ("ratings", RatingViewSet, "rating"),
    ("indicators", IndicatorViewSet, "indicator"),
    ("readings", ReadingViewSet, "reading"),
    ("alerts", AlertViewSet, "alert"),
    ("loan-grades", LoanGradeViewSet, "loan-grade"),
]
