from audit.models.events import Event, Kind, Secret

__all__ = ["Event", "Kind", "Secret"]
