"""1,000 open chats on two workers: how many questions a second they answer while nothing is new, and how long an answer takes
from being sent to being seen.

A browser that asks each second makes one question a second, so 1,000 chats ask 1,000 times a second. The limit in the same
run is /health/live, which answers before everything and asks nothing of anybody."""

import http.client
import secrets
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from bench.lists import _ask, _serving
from service.models import Agent, Chat
from service.services.chat_stamps import stamp_of
from service.services.chats import accept_chat, end_chat, hash_of, open_chat, write_as_agent
from staff.models import User

CHATS, SECONDS, THREADS, ANSWERS = 1_000, 20, 4, 40


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return the figures; `scale` 1 is 1,000 open chats."""
    chats = max(int(CHATS * scale), 20)
    call_command("collectstatic", interactive=False, verbosity=0)
    tokens = [secrets.token_urlsafe(32) for _ in range(chats)]
    opened = [
        open_chat(token=token, name="Bench", subject="How long?", language="en", at=timezone.now()) for token in tokens
    ]
    more = {"RATE_CHAT_ADDRESS": "100000000/m", "RATE_CHAT_POLL": "100000000/m"}
    try:
        with _serving("config.settings", "config.wsgi:application", **more) as port:
            _ask(port, "", ["/health/live"] * 8)  # each worker has started
            limit = _rate(port, ["/health/live"], [""])
            asked = _rate(port, _questions(port, tokens), tokens)
            seen = _latencies(port, opened[0], tokens[0])
    finally:
        for chat in opened:
            end_chat(actor=None, chat_id=chat.pk, by="visitor", at=timezone.now())
    return [
        _result("questions a second that are answered while nothing is new", asked, None, "/s", chats, "higher"),
        _result("the same, against an answer of nothing at all", asked / limit, 0.25, "×", chats, "higher"),
        _result("chats that two workers hold, asking each second", asked, CHATS * 1.0, "chats", chats, "higher"),
        _result("from sent to seen, p95, asking each second", _p95(seen), 1_500, "ms", chats, "lower"),
    ]


def _questions(port: int, tokens: Sequence[str]) -> list[str]:
    """What each browser asks once it has seen everything."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    questions = []
    for token in tokens:
        stamp_of(Chat.objects.values_list("pk", flat=True).get(token_sha256=hash_of(token)), hash_of(token))
        questions.append(_next_question(*_asked(connection, "/chat/poll/?since=&after=0", token)))
    return questions


def _asked(connection: http.client.HTTPConnection, path: str, token: str) -> tuple[str, int, bytes]:
    connection.request("GET", path, headers={"X-Chat-Token": token, "X-Forwarded-Proto": "https"})
    response = connection.getresponse()
    return path, response.status, response.read()


def _next_question(path: str, status: int, body: bytes) -> str:
    """A browser asks with the version that it was answered last: the same, where nothing was new."""
    version = body.partition(b'"version": "')[2].partition(b'"')[0].decode() if status == 200 else ""
    return f"/chat/poll/?since={version}&after=9" if version else path


def _rate(port: int, paths: Sequence[str], tokens: Sequence[str]) -> float:
    until, paths = time.perf_counter() + SECONDS, list(paths)

    def ask(share: int) -> int:
        connection, done = http.client.HTTPConnection("127.0.0.1", port, timeout=60), 0
        while time.perf_counter() < until:
            number = (share + done * THREADS) % len(paths)
            path, status, body = _asked(connection, paths[number], tokens[number])
            if status not in (200, 204):
                raise RuntimeError(f"{path} answered {status}")
            paths[number] = _next_question(path, status, body)
            done += 1
        return done

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(ask, range(THREADS))) / SECONDS


def _latencies(port: int, chat: Chat, token: str) -> list[float]:
    """Milliseconds from an agent's answer to the browser that has it, asking each second as it does."""
    user, _made = User.objects.get_or_create(email="bench-chat@meridian.example", defaults={"full_name": "Bench"})
    Agent.objects.update_or_create(user=user, defaults={"chats_at_once": 30_000})
    accept_chat(actor=user, chat_id=chat.pk, at=timezone.now())
    connection, taken, last = http.client.HTTPConnection("127.0.0.1", port, timeout=60), [], 0
    headers = {"X-Chat-Token": token, "X-Forwarded-Proto": "https"}
    for number in range(ANSWERS):
        said = write_as_agent(
            actor=user, chat_id=chat.pk, text="Soon", client_id=f"bench-{number:04}", at=datetime.now(UTC)
        )
        began, wait = time.perf_counter(), (number % 10) / 10  # a moment of the second in which the browser last asked
        time.sleep(wait)
        while last < said.pk:
            connection.request("GET", f"/chat/poll/?since=&after={last}", headers=headers)
            if f'"id": {said.pk},'.encode() in connection.getresponse().read():
                last = said.pk
            else:
                time.sleep(1)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def _p95(taken: Sequence[float]) -> float:
    return statistics.quantiles(taken, n=20)[18]


def _result(name: str, value: float, goal: float | None, unit: str, rows: int, better: str) -> dict[str, Any]:
    holds = goal is None or (value <= goal if better == "lower" else value >= goal)
    found = {"name": f"chat: {name}", "value": round(value, 2), "unit": unit, "goal": goal}
    return {**found, "better": better, "holds": holds, "rows": rows}
