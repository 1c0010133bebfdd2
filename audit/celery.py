"""Tasks act in a name too: `task:<name>`, for the person who queued them, if one did."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from celery import signals

from audit.context import acting, current, new_request_id

ACTOR_HEADER = "audit_actor"
# Kept here because a context that nobody holds is closed by the garbage collector.
BEAT = ExitStack()


def connect() -> None:
    signals.before_task_publish.connect(carry_actor, dispatch_uid="audit.publish")
    signals.task_prerun.connect(begin, dispatch_uid="audit.prerun")
    signals.task_postrun.connect(end, dispatch_uid="audit.postrun")
    signals.beat_init.connect(begin_beat, dispatch_uid="audit.beat")
    # The scheduler writes its schedule down before that signal.
    if Path(sys.argv[0]).name == "celery" and "beat" in sys.argv:
        begin_beat()


def carry_actor(headers: dict | None = None, **kwargs: Any) -> None:
    """Write the person who queues a task into its message."""
    context = current()
    if headers is not None and context is not None and context.actor_id:
        headers.setdefault(ACTOR_HEADER, context.actor_id)


def begin(task_id: str, task: Any, **kwargs: Any) -> None:
    task.request.audit_act = act = ExitStack()
    actor_id = task.request.get(ACTOR_HEADER) or (task.request.get("headers") or {}).get(ACTOR_HEADER)
    act.enter_context(
        acting(label=f"task:{task.name}", session=f"celery:{task_id}", request=str(new_request_id()), actor_id=actor_id)
    )


def end(task: Any, **kwargs: Any) -> None:
    act = task.request.get("audit_act")
    if act is not None:
        act.close()


def begin_beat(**kwargs: Any) -> None:
    """The scheduler writes down when it ran what, for as long as its process lives."""
    if current() is None:
        BEAT.enter_context(acting(label="beat"))
