from audit.filters.events import EventFilter

__all__ = ["EventFilter"]
