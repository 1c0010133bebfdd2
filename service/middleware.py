"""Answers a visitor's browser that asks whether its chat has news, before sessions, permissions and the database."""

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.exceptions import RedisError

from audit.middleware import client_address
from service.rules.chat_texts import is_token
from service.services.chat_stamps import ask, version_of
from staff.rate_limits import parse

POLL = "/chat/poll/"


class ChatPollMiddleware:
    """Nothing new is 204, only a hand that writes is a short answer; whatever else goes on to the view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = quick_answer(request) if request.path_info == POLL and request.method == "GET" else None
        return self.get_response(request) if answer is None else answer


def quick_answer(request: HttpRequest) -> HttpResponse | None:
    """Return the answer that needs no database, or None."""
    token = request.headers.get("X-Chat-Token", "")
    if not is_token(token):
        return None
    hashed = hashlib.sha256(token.encode()).hexdigest()
    try:
        news = ask(hashed, address=client_address(request), typing=request.GET.get("typing") == "1")
    except RedisError:
        return None  # the database still knows everything
    most, most_from_there = parse(settings.RATE_LIMITS["chat_poll"])[0], parse(settings.RATE_LIMITS["chat_address"])[0]
    if news.asked > most or news.from_there > most_from_there:
        return HttpResponse(status=429, headers={"Retry-After": "10", "Cache-Control": "no-store"})
    version, typing = version_of(news.stamp, hashed), "1" if news.typing else "0"
    since, _colon, typed = request.GET.get("since", "").partition(":")
    if not news.stamp or since != version:
        return None
    if typed == typing:
        return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
    fresh = {"version": f"{version}:{typing}", "typing": news.typing}
    return JsonResponse(fresh, headers={"Cache-Control": "no-store"})
