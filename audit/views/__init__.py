from audit.views.events import event_detail, event_list
from audit.views.explain import explain
from audit.views.history import record_history
from audit.views.printing import page_printed

__all__ = ["event_detail", "event_list", "explain", "page_printed", "record_history"]
