from assessment.api.panels import PanelViewSet

ROUTES = [("panels", PanelViewSet, "panel")]
