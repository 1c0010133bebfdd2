from customers.tasks.kyc import screen_changed_customers_task, screen_new_customers_task, watch_documents_task
from customers.tasks.portraits import redraw_portraits_task
from customers.tasks.privacy import finish_erasures_task

__all__ = [
    "finish_erasures_task",
    "redraw_portraits_task",
    "screen_changed_customers_task",
    "screen_new_customers_task",
    "watch_documents_task",
]
