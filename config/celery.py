import ctypes
import os
import signal
import sys
import warnings

from celery import Celery
from celery.schedules import crontab
from celery.signals import heartbeat_sent, worker_init, worker_process_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("meridian")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="tasks")
app.conf.beat_schedule = {
    "months of the log": {"task": "audit.tasks.months.prepare_months_task", "schedule": 6 * 3600.0},
    "verify the newest of the log": {
        "task": "audit.tasks.proof.verify_tail_task",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "verify the whole log": {
        "task": "audit.tasks.proof.verify_log_task",
        "schedule": crontab(hour=3, minute=30),
        "options": {"expires": 12 * 3600},
    },
    "anchor the log": {
        "task": "audit.tasks.proof.anchor_task",
        "schedule": float(os.environ.get("ANCHOR_SECONDS", "3600")),
        "options": {"expires": 3600},
    },
    # A message that waits longer than the next one comes is worth nothing, so it expires.
    "revive jobs": {"task": "staff.tasks.jobs.revive_jobs_task", "schedule": 30.0, "options": {"expires": 30}},
    "send e-mails": {
        "task": "staff.tasks.notifications.send_emails_task",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "expire sessions": {"task": "staff.tasks.sessions.expire_sessions_task", "schedule": 600.0},
    "finish erasures": {"task": "customers.tasks.privacy.finish_erasures_task", "schedule": 6 * 3600.0},
    "send deliveries": {
        "task": "service.tasks.outlets.send_deliveries_task",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "cooling-off periods": {
        "task": "customers.tasks.suitability.keep_cooling_offs_task",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    "suitability that expires": {
        "task": "customers.tasks.suitability.remind_of_suitability_task",
        "schedule": crontab(hour=7, minute=10),
    },
    "end silent chats": {
        "task": "service.tasks.chats.end_silent_chats_task",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "watch identity documents": {
        "task": "customers.tasks.kyc.watch_documents_task",
        "schedule": crontab(hour=6, minute=15),
        "options": {"expires": 12 * 3600},
    },
    "rate customers": {
        "task": "customers.tasks.kyc.rate_customers_task",
        "schedule": crontab(hour=6, minute=30),
        "options": {"expires": 12 * 3600},
    },
    "screen new customers": {
        "task": "customers.tasks.kyc.screen_new_customers_task",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "screen changed customers": {
        "task": "customers.tasks.kyc.screen_changed_customers_task",
        "schedule": crontab(hour=1, minute=45),
        "options": {"expires": 12 * 3600},
    },
    "watch change requests": {
        "task": "staff.tasks.changes.watch_changes_task",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "fetch mail": {"task": "service.tasks.mail.poll_mailboxes_task", "schedule": 60.0, "options": {"expires": 60}},
    "send mail": {"task": "service.tasks.mail.send_mails_task", "schedule": 60.0, "options": {"expires": 60}},
    "campaigns": {
        "task": "marketing.tasks.campaigns.advance_campaigns_task",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "remind of articles": {
        "task": "service.tasks.articles.remind_of_articles_task",
        "schedule": crontab(hour=8, minute=10),
    },
    "escalate tickets": {
        "task": "service.tasks.clocks.escalate_task",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "rounds of panels": {
        "task": "assessment.tasks.panels.keep_panels_task",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "hand out waiting tickets": {
        "task": "service.tasks.assignment.hand_out_task",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "lay out business calendars": {
        "task": "service.tasks.clocks.relay_calendars_task",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "remind of statutory days of complaints": {
        "task": "service.tasks.complaints.remind_of_clocks_task",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "propose improvements": {
        "task": "service.tasks.complaints.propose_improvements_task",
        "schedule": crontab(hour=5, minute=10),
        "options": {"expires": 12 * 3600},
    },
    "themes of complaints": {
        "task": "service.tasks.complaints.find_themes_task",
        "schedule": crontab(hour=5, minute=20),
        "options": {"expires": 12 * 3600},
    },
    "forget strangers": {
        "task": "service.tasks.strangers.forget_strangers_task",
        "schedule": crontab(hour=4, minute=20),
        "options": {"expires": 12 * 3600},
    },
    "watch notices of incidents": {
        "task": "incidents.tasks.notices.watch_notices_task",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "pass calls to deputies": {
        "task": "incidents.tasks.calls.watch_calls_task",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "settle redemptions": {
        "task": "marketing.tasks.redemptions.settle_redemptions_task",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "expire results of jobs": {"task": "staff.tasks.jobs.expire_results_task", "schedule": 6 * 3600.0},
}


warnings.filterwarnings("ignore", r"\s*You're running the worker with superuser privileges")
# Tasks go on when Redis goes away: unlike other brokers it would not give a cancelled one to somebody else.
warnings.filterwarnings("ignore", r"\s*In Celery 5.1 we introduced an optional breaking change")


@heartbeat_sent.connect
@worker_ready.connect
def _note_worker(**kwargs):
    from config.health import note_worker

    note_worker()


@worker_init.connect
def _take_back_work(**kwargs):
    """Queue again at once what a killed worker had taken; Redis alone would wait for the visibility timeout.

    Only where no other worker can hold it: the supervisor of `make run` says so.
    """
    if os.environ.get("MERIDIAN_ONLY_WORKER") != "1":
        return
    with app.connection_for_write() as connection:
        channel = connection.default_channel
        for tag in channel.client.hkeys(channel.unacked_key):
            channel.qos.restore_by_tag(tag)


@worker_process_init.connect
def _end_with_worker(**kwargs):
    """Have Linux end a process of the pool whose worker was killed: its task is given to another one."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
