from risk.api.alerts import AlertViewSet
from risk.api.indicators import IndicatorViewSet, ReadingViewSet
from risk.api.loan_grades import LoanGradeViewSet
from risk.api.register import RatingViewSet, RiskViewSet

ROUTES = [
    ("risks", RiskViewSet, "risk"),
    ("ratings", RatingViewSet, "rating"),
    ("indicators", IndicatorViewSet, "indicator"),
    ("readings", ReadingViewSet, "reading"),
    ("alerts", AlertViewSet, "alert"),
    ("loan-grades", LoanGradeViewSet, "loan-grade"),
]
