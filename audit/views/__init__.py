from audit.views.events import event_detail, event_list, record_history

__all__ = ["event_detail", "event_list", "record_history"]
