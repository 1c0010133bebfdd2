from audit.api.events import EventViewSet

ROUTES = [("events", EventViewSet, "event")]
