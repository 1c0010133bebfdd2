import os

from celery import Celery
from celery.signals import heartbeat_sent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("meridian")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="tasks")
app.conf.beat_schedule = {
    "sign of life": {"task": "config.tasks.tick_task", "schedule": 10.0, "options": {"expires": 30}},
    "months of the log": {"task": "audit.tasks.months.prepare_months_task", "schedule": 6 * 3600.0},
    # A message that waits longer than the next one comes is worth nothing, so it expires.
    "revive jobs": {"task": "staff.tasks.jobs.revive_jobs_task", "schedule": 30.0, "options": {"expires": 30}},
    "send e-mails": {"task": "staff.tasks.notifications.send_emails_task", "schedule": 60.0, "options": {"expires": 60}},
    "expire results of jobs": {"task": "staff.tasks.jobs.expire_results_task", "schedule": 6 * 3600.0},
}


@heartbeat_sent.connect
def _note_worker(**kwargs):
    from config.health import note_worker

    note_worker()
