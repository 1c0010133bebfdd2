from audit.tasks.months import prepare_months_task

__all__ = ["prepare_months_task"]
