"""Records in the command palette: each room registers what of its own can be found by typing.

In an `AppConfig.ready` of an upper room:

    from staff.palette import register_source
    register_source("customers", search_customers)

where `search_customers(user, text, limit)` returns at most `limit` hits among the rows that `user` may see. A source
has `SOURCE_SECONDS` at the database, all sources together `BUDGET_SECONDS`; one that is late or broken is left out and
logged, so the palette itself always answers.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils.functional import Promise

logger = logging.getLogger(__name__)

SOURCE_SECONDS = 0.25
BUDGET_SECONDS = 0.6
LIMIT = 6
LONGEST_TEXT = 100


@dataclass(frozen=True)
class Hit:
    """One line of the palette: what it is called, what tells it apart, where it leads."""

    label: str | Promise
    detail: str | Promise
    url: str
    icon: str = "arrow-right"
    group: str | Promise = ""


Search = Callable[[Any, str, int], Iterable[Hit]]
SOURCES: dict[str, Search] = {}


def register_source(name: str, search: Search) -> None:
    """Add a source of hits. A name stands for one source; a second one under it raises ValueError."""
    if SOURCES.setdefault(name, search) is not search:
        raise ValueError(f"The palette already has another source named {name!r}: give this one its own name.")


def search(user: Any, text: str) -> list[Hit]:
    """Return hits of every source for `text`, in the order of registration, within the budget of time."""
    text = " ".join(text.replace("\0", "").split())[:LONGEST_TEXT]
    deadline, hits = time.monotonic() + BUDGET_SECONDS, []
    for name, source in SOURCES.items() if text else []:
        left = deadline - time.monotonic()
        if left <= 0:
            logger.warning("The palette ran out of time before its source %s.", name)
            break
        hits.extend(_ask(name, source, user, text, min(left, SOURCE_SECONDS)))
    return hits


def _ask(name: str, source: Search, user: Any, text: str, seconds: float) -> list[Hit]:
    try:
        with transaction.atomic():
            before = _limit_statements(f"{max(1, int(seconds * 1000))}ms")
            hits = list(source(user, text, LIMIT))[:LIMIT]
            _limit_statements(before)
            return hits
    except DatabaseError as error:  # its savepoint is rolled back, and the time limit with it
        logger.warning("The palette's source %s gave up: %s", name, error)
    except Exception:
        logger.exception("The palette's source %s is broken.", name)
    return []


def _limit_statements(length: str) -> str:
    """Cancel any statement of this transaction that runs longer; return the limit that stood before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)", [length]
        )
        return cursor.fetchone()[0]
