"""A gateway for text and push messages: a signed POST for each, with our number as its idempotency key."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import timedelta
from email.message import Message
from typing import Any

from marketing.carriers import FAILED, LATER, SENT, UNKNOWN, Answer, Blocked, Parcel
from marketing.gateways import Gateway, gateway_named
from marketing.models import Provider
from service.rules.charsets import on_one_line
from service.rules.signatures import sign

SECONDS = 10
PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
MOST_BYTES = 64 * 1024


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A message goes where the operator said, and nowhere that somebody else says then."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)


class WebhookCarrier:
    at_once = 1

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def hand_over(self, parcels: Sequence[Parcel]) -> list[Answer]:
        gateway = self._gateway()
        return [self._hand_over(gateway, parcel) for parcel in parcels]

    def _gateway(self) -> Gateway:
        found = gateway_named(self.provider.gateway)
        if found is None or not found.url:
            raise Blocked(f"There is no GATEWAY_{self.provider.gateway.upper()}_URL here.", PAUSE)
        return found

    def _hand_over(self, gateway: Gateway, parcel: Parcel) -> Answer:
        said = {
            "id": parcel.number,
            "channel": self.provider.channel,
            "to": parcel.to,
            "title": parcel.subject,
            "text": parcel.text,
            "language": parcel.language,
        }
        body = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
        try:
            status, answer = _asked(gateway, "POST", gateway.url, body, parcel.number)
        except urllib.error.HTTPError as error:
            return _refused(error)
        except ConnectionRefusedError as error:
            raise Blocked(_short(error), PAUSE) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Answer(UNKNOWN, _short(error))
        # Only an answer that says our number back counts: a page of a proxy is no proof.
        if status in (200, 201, 202) and isinstance(answer, dict) and answer.get("id") == parcel.number:
            return Answer(SENT, ref=on_one_line(str(answer.get("ref", "")), 120))
        return Answer(UNKNOWN, f"HTTP {status}, but the answer does not name the message.")

    def look_up(self, number: str) -> str | None:
        gateway = self._gateway()
        try:
            status, answer = _asked(gateway, "GET", f"{gateway.url.rstrip('/')}/{number}", b"", number)
        except urllib.error.HTTPError as error:
            error.close()
            return LATER if error.code == 404 and error.headers.get("X-Message-Unknown") == number else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        known = status == 200 and isinstance(answer, dict) and answer.get("id") == number
        return SENT if known else None

    def close(self) -> None:
        return None


def _asked(gateway: Gateway, method: str, url: str, body: bytes, number: str) -> tuple[int, Any]:
    now = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": number,
        "X-Meridian-Timestamp": str(now),
        "X-Meridian-Signature": sign(body, key=gateway.key, at=now),
    }
    request = urllib.request.Request(url, data=body or None, headers=headers, method=method)
    try:
        with _OPENER.open(request, timeout=SECONDS) as answer:
            return answer.status, json.loads(answer.read(MOST_BYTES) or b"null")
    except urllib.error.HTTPError:
        raise
    except urllib.error.URLError as error:
        raise error.reason if isinstance(error.reason, OSError) else OSError(str(error.reason)) from error


def _refused(error: urllib.error.HTTPError) -> Answer:
    """429 and 503 say that nothing was taken, and when to come again; 4xx is for good; 5xx says nothing."""
    with error:
        if error.code in (429, 503):
            raise Blocked(f"HTTP {error.code}", _pause(error.headers)) from error
        if error.code in (408, 425):
            return Answer(LATER, f"HTTP {error.code}")
        if 400 <= error.code < 500:
            return Answer(FAILED, f"HTTP {error.code}")
        return Answer(UNKNOWN, f"HTTP {error.code}")


def _pause(headers: Message) -> timedelta:
    """What Retry-After says in seconds; a hostile one is an hour at most."""
    said = headers.get("Retry-After", "")
    seconds = int(said) if said.isascii() and said.isdecimal() and len(said) < 8 else int(PAUSE.total_seconds())
    return min(max(timedelta(seconds=seconds), timedelta(seconds=1)), LONGEST_PAUSE)


def _short(error: object) -> str:
    return on_one_line(str(error) or type(error).__name__, 200)
