from customers.tasks.kyc import (
    rate_customers_task,
    screen_changed_customers_task,
    screen_new_customers_task,
    watch_documents_task,
)
from customers.tasks.portraits import redraw_portraits_task
from customers.tasks.privacy import finish_erasures_task
from customers.tasks.suitability import (
    keep_cooling_offs_task,
    remind_of_suitability_task,
    send_suitability_link_task,
)

__all__ = [
    "finish_erasures_task",
    "rate_customers_task",
    "keep_cooling_offs_task",
    "redraw_portraits_task",
    "remind_of_suitability_task",
    "screen_changed_customers_task",
    "screen_new_customers_task",
    "send_suitability_link_task",
    "watch_documents_task",
]
