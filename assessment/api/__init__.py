from assessment.api.assessments import AssessmentViewSet
from assessment.api.forecasts import ForecastViewSet
from assessment.api.method_tables import MixRuleViewSet, ScaleTableViewSet
from assessment.api.panels import PanelViewSet

ROUTES = [
    ("panels", PanelViewSet, "panel"),
    ("forecasts", ForecastViewSet, "forecast"),
    ("assessments", AssessmentViewSet, "assessment"),
    ("mix-rules", MixRuleViewSet, "mix-rule"),
    ("scale-tables", ScaleTableViewSet, "scale-table"),
]
