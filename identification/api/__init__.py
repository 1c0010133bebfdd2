from identification.api.radar import EmergingRiskViewSet

ROUTES: list = [("emerging-risks", EmergingRiskViewSet, "emerging")]
