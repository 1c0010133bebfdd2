from customers.tasks.portraits import redraw_portraits_task
from customers.tasks.privacy import finish_erasures_task

__all__ = ["finish_erasures_task", "redraw_portraits_task"]
