from staff.tasks.changes import execute_approved_task, watch_changes_task
from staff.tasks.jobs import expire_results_task, revive_jobs_task, run_job_task
from staff.tasks.notifications import send_emails_task, send_password_link_task
from staff.tasks.sessions import expire_sessions_task

__all__ = [
    "execute_approved_task",
    "expire_results_task",
    "expire_sessions_task",
    "revive_jobs_task",
    "run_job_task",
    "send_emails_task",
    "send_password_link_task",
    "watch_changes_task",
]
