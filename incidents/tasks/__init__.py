from incidents.tasks.notices import watch_notices_task

__all__ = ["watch_notices_task"]
