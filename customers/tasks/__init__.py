from customers.tasks.kyc import screen_changed_customers_task, screen_new_customers_task, watch_documents_task
from customers.tasks.privacy import finish_erasures_task

__all__ = ["finish_erasures_task", "screen_changed_customers_task", "screen_new_customers_task", "watch_documents_task"]
