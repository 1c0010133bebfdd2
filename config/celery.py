import os

from celery import Celery
from celery.signals import heartbeat_sent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("meridian")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="tasks")
app.conf.beat_schedule = {
    "sign of life": {"task": "config.tasks.tick_task", "schedule": 10.0, "options": {"expires": 30}},
}


@heartbeat_sent.connect
def _note_worker(**kwargs):
    from config.health import note_worker

    note_worker()
