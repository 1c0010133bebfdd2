from audit.api.checkpoints import CheckpointViewSet
from audit.api.events import EventViewSet

ROUTES = [("events", EventViewSet, "event"), ("checkpoints", CheckpointViewSet, "checkpoint")]
