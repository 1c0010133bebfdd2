from audit.tasks.months import prepare_months_task
from audit.tasks.proof import anchor_task, verify_log_task, verify_tail_task

__all__ = ["anchor_task", "prepare_months_task", "verify_log_task", "verify_tail_task"]
