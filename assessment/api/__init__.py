from assessment.api.forecasts import ForecastViewSet
from assessment.api.panels import PanelViewSet

ROUTES = [("panels", PanelViewSet, "panel"), ("forecasts", ForecastViewSet, "forecast")]
