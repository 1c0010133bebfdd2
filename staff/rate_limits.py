"""How often one person may do what costs much or gives much away: searching, exporting, revealing.

`RATE_LIMITS` names each with its allowance, such as `"export": "20/h"`. A count is one step in Redis, so parallel requests
are all counted; its window begins with the first of them.
"""

import math
from collections.abc import Callable
from functools import cache as kept
from functools import wraps
from typing import Any

import redis
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django_htmx.http import trigger_client_event
from rest_framework.throttling import BaseThrottle

from audit.middleware import client_address
from audit.services import emit

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# Count, begin the window with the first, and tell how long it still lasts.
COUNT = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('PTTL', KEYS[1])}
"""


def searches(request: Any) -> bool:
    """Whether a list is asked for a text, and not only turned over or filtered by a choice."""
    return bool(request.GET.get("q", "").strip())


def limited(name: str, *, when: Callable[[HttpRequest], bool] = lambda request: True) -> Callable:
    """Answer 429 with a sentence to whoever asks for more than `RATE_LIMITS[name]`; `when` says what counts."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def counting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            wait = seconds_to_wait(name, request) if when(request) else 0
            return too_many(request, name, wait) if wait else view(request, *args, **kwargs)

        return counting

    return decorate


def throttle(name: str, *, when: Callable[[Any], bool] = lambda request: True) -> type[BaseThrottle]:
    """The same for a route of the API: a class for its `throttle_classes`, beside those of every route."""

    class Limited(BaseThrottle):
        def allow_request(self, request: Any, view: Any) -> bool:
            self.seconds = seconds_to_wait(name, request) if when(request) else 0
            return not self.seconds

        def wait(self) -> float:
            return self.seconds

    return Limited


def seconds_to_wait(name: str, request: Any) -> int:
    """Count one more and return 0, or how many seconds are left until it is allowed again."""
    known = request.user.is_authenticated
    wait, is_first_refusal = _count(name, str(request.user.pk if known else client_address(request)))
    if is_first_refusal and known:
        emit("denied", action="request.limited", detail={"limit": name, "path": request.path})
    return wait


def wait_for(name: str, who: str) -> int:
    """The same for whoever is no person of ours: a visitor, or an address."""
    return _count(name, who)[0]


def _count(name: str, who: str) -> tuple[int, bool]:
    allowed, window = parse(settings.RATE_LIMITS[name])
    count, left = _client(settings.REDIS_URL).eval(COUNT, 1, cache.make_key(f"limit:{name}:{who}"), window * 1000)
    return 0 if count <= allowed else max(1, math.ceil(left / 1000)), count == allowed + 1


def parse(rate: str) -> tuple[int, int]:
    """Return how many in how many seconds: `30/m`, `5/300s`.

    >>> parse("5/300s")
    (5, 300)
    """
    allowed, _slash, window = rate.partition("/")
    return int(allowed), int(window[:-1] or 1) * SECONDS[window[-1]]


def too_many(request: HttpRequest, name: str, wait: int) -> HttpResponse:
    minutes = math.ceil(wait / 60)
    sentence = ngettext(
        "That was asked for too often. Try again in %(n)d minute.",
        "That was asked for too often. Try again in %(n)d minutes.",
        minutes,
    ) % {"n": minutes}
    if "HX-Request" in request.headers or "text/html" not in request.headers.get("Accept", "text/html"):
        response = HttpResponse(sentence, status=429, content_type="text/plain; charset=utf-8")
        trigger_client_event(response, "toast", {"text": sentence, "tone": "red"})
    else:
        response = render(request, "429.html", {"sentence": sentence}, status=429)
    response["Retry-After"] = str(wait)
    return response


@kept
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url)
