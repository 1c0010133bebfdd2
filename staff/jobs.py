"""The kinds of background jobs, and what a job's function is given.

In an `AppConfig.ready` of an upper room:

    from staff.jobs import register_job
    register_job("customers.import", run_import, permission="customers.add_importrun")

    def run_import(job: RunningJob) -> None:
        for n, part in enumerate(parts):
            job.progress(n, len(parts), _("Reading %(name)s") % {"name": part})
            ...
        job.attach(path, "rejects.csv")

A function must be safe to run again from the start: a worker may die at any moment, and another takes the job. It
runs outside any transaction, in the owner's name, language and time zone. It fails by raising JobFailed or
ValidationError, whose sentence its owner reads; any other exception is logged and told as an unexpected one.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage

from staff.models import Job, User


class JobCancelled(Exception):
    """Its owner has asked the job to stop."""


class JobLost(JobCancelled):
    """Another worker has taken the job, so this one must not write for it any more."""


class JobFailed(Exception):
    """The job cannot go on; the sentence says what is wrong, where, and what to do."""


class RunningJob:
    """A job in the hands of its worker. Its figures are written by the heartbeat, so reporting them costs no query."""

    owner: User
    parameters: dict[str, Any]

    def __init__(self, job: Job):
        self.id, self.kind, self.owner, self.parameters, self.attempt = (
            job.pk,
            job.kind,
            job.owner,
            job.parameters,
            job.attempt,
        )
        self.done: int = 0
        self.total: int | None = None
        self.sentence = ""
        self.result = ""
        self.result_name = ""
        self.url = ""
        self._cancelled = threading.Event()
        self._lost = threading.Event()

    def progress(self, done: int, total: int | None = None, sentence: str = "") -> None:
        """Say how far the job is. Raises JobCancelled once its owner wants it to stop, so call it wherever stopping
        is safe.
        """
        self.done, self.total, self.sentence = done, total, str(sentence)[:300]
        self.check()

    def check(self) -> None:
        """Raise JobCancelled or JobLost if the job is to stop."""
        if self._lost.is_set():
            raise JobLost
        if self._cancelled.is_set():
            raise JobCancelled

    def attach(self, source: str | Path | IO[bytes], name: str) -> None:
        """Keep a file as the job's result, for its owner to download as `name`. A second one takes the first one's
        place.
        """
        if isinstance(source, (str, Path)):
            with open(source, "rb") as file:
                return self.attach(file, name)
        self.discard()
        self.result = default_storage.save(result_path(self.id, self.attempt), File(source))
        self.result_name = Path(name.replace("\\", "/")).name[:200]

    def open_when_done(self, url: str) -> None:
        """Let the notification lead to the page of what the job made, instead of to the job."""
        self.url = url

    def discard(self) -> None:
        """Delete the file that was attached, if one was."""
        if self.result:
            default_storage.delete(self.result)
            self.result = self.result_name = ""

    def ask_to_cancel(self) -> None:
        self._cancelled.set()

    def declare_lost(self) -> None:
        self._lost.set()


JobFunction = Callable[[RunningJob], None]


@dataclass(frozen=True)
class Kind:
    """What does the jobs of one kind, and the permission that their owner must still hold when they run."""

    function: JobFunction
    permission: str = ""


KINDS: dict[str, Kind] = {}


def register_job(kind: str, function: JobFunction, *, permission: str = "") -> None:
    """Say which function does the jobs of `kind` (`room.verb`). A second, different one under one kind raises
    ValueError.
    """
    stated = Kind(function, permission)
    if KINDS.setdefault(kind, stated) != stated:
        raise ValueError(f"Jobs of the kind {kind!r} already have a function: give the new one its own name.")


def result_path(job_id: int, attempt: int) -> str:
    """Return where the file of one attempt is kept, so that the file of a worker that died is found again."""
    return f"jobs/{job_id // 1000:06d}/{job_id}-{attempt}"
