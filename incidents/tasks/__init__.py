from incidents.tasks.calls import watch_calls_task
from incidents.tasks.notices import watch_notices_task

__all__ = ["watch_calls_task", "watch_notices_task"]
