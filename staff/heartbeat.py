import logging
import threading
from typing import Any

from django.db import DatabaseError, connection

from staff.jobs import RunningJob

logger = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
# No row: the job is another worker's by now, or over. `attempt` is the fence.
SQL = """
UPDATE staff_job
   SET beat_at = now(), done = %(done)s, total = %(total)s, sentence = %(sentence)s
 WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'running'
RETURNING cancel_asked_at IS NOT NULL
"""


class Heartbeat(threading.Thread):
    """Writes every second that a job's worker lives and how far it is, and hears whether it is to stop.

    It has a thread and a connection of its own, so that figures are seen while the job's own transaction is open, and
    a long statement is no silence. Inside an outer transaction it stays quiet: nobody else can see such a job.
    """

    def __init__(self, job: RunningJob):
        super().__init__(name=f"heartbeat of job {job.id}", daemon=True)
        self.job, self.over = job, threading.Event()

    def __enter__(self) -> "Heartbeat":
        if not connection.in_atomic_block:
            self.start()
        return self

    def __exit__(self, *exc: Any) -> None:
        self.over.set()
        if self.is_alive():
            self.join(timeout=10)

    def run(self) -> None:
        try:
            while not self.over.wait(EVERY_SECONDS):
                self.beat()
        finally:
            connection.close()

    def beat(self) -> None:
        job = self.job
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
                cursor.execute(
                    SQL,
                    {
                        "id": job.id,
                        "attempt": job.attempt,
                        "done": job.done,
                        "total": job.total,
                        "sentence": job.sentence,
                    },
                )
                row = cursor.fetchone()
        except DatabaseError as error:
            # The job itself will notice if the database is gone; the next beat opens a new connection.
            logger.warning("Job %s could not give a sign of life: %s", job.id, error)
            connection.close()
            return
        if row is None:
            job.declare_lost()
        elif row[0]:
            job.ask_to_cancel()
