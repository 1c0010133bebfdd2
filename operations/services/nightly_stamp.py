"""A stamp that changes with every step of a nightly run, so that pages that ask for news cost no query when there is
none."""

import logging
from uuid import uuid4

from django.core.cache import cache

logger = logging.getLogger(__name__)
KEY = "operations:nightly"
ASKED = "operations:nightly:asked"
A_DAY = 24 * 3600


def touch() -> None:
    """Say that something about nightly runs has changed. Redis being away does not stop a run: pages are then late."""
    try:
        cache.set(KEY, uuid4().hex, A_DAY)
    except Exception:  # the cache's own exceptions differ by its back end
        logger.warning("The page of the nightly run could not be told of a change", exc_info=True)


def stamp() -> str:
    """Return the stamp of the newest change; a first one where there is none."""
    return cache.get_or_set(KEY, lambda: uuid4().hex, A_DAY) or ""
