"""Two parts of one work at a time: while the database hashes for one, Python hashes for the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def beside(work: Callable[[], T]) -> Callable[[], T]:
    """Begin `work` in a thread with a connection of its own, and return what waits for its result or its exception.

    Inside a transaction, whose rows no other connection sees, it is done when its result is asked for.
    """
    if connection.in_atomic_block:
        return work
    pool = ThreadPoolExecutor(1)
    waiting = pool.submit(copy_context().run, _over_its_own_connection, work)
    pool.shutdown(wait=False)
    return waiting.result


def _over_its_own_connection(work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        connection.close()
