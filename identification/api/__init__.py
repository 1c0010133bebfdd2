from identification.api.changes import RegulatoryChangeViewSet

ROUTES: list = [("regulatory-changes", RegulatoryChangeViewSet, "regulatory-change")]
