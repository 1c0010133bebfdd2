"""Answers to the app and to communities: queued with the answer itself, sent by a signed POST until they are taken.

A delivery is claimed by moving its next attempt on, in a transaction of its own. A sender that is killed after that leaves
it to whoever comes when the lease has ended; the receiver takes each `Idempotency-Key` once, so that twice sent is once read.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from audit.services import name_act
from service.models import Channel, Delivery, DeliveryState, Ticket, TicketMessage
from service.outlets import Outlet, outlet_named
from service.rules.signatures import pause_before, sign
from service.tasks.outlets import send_deliveries_task

SECONDS, LEASE = 15, timedelta(seconds=60)
MOST_ATTEMPTS = 12  # some eleven hours
MOST_AT_ONCE = 200
LATER = {408, 409, 425, 429}  # not now; every other answer of 400 to 499 is for good


def queue_delivery(ticket: Ticket, message: TicketMessage) -> None:
    """Registered with the messages: an answer in the app or a community goes where the conversation came from."""
    if message.channel not in (Channel.APP, Channel.COMMUNITY):
        return
    outlet = outlet_named(ticket.source)
    if outlet is None or not outlet.url:
        return
    Delivery.objects.create(message=message, outlet=outlet.code, next_at=message.at)
    send_deliveries_task.delay_on_commit()


def send_deliveries(*, at: datetime) -> int:
    """Send what is due; return how many were taken."""
    taken = 0
    for _turn in range(MOST_AT_ONCE):
        delivery = _claim(at)
        if delivery is None:
            break
        taken += _send(delivery, at)
    return taken


@transaction.atomic
def _claim(at: datetime) -> Delivery | None:
    due = Delivery.objects.due(at).select_for_update(skip_locked=True, of=("self",))
    delivery = due.select_related("message__ticket").first()
    if delivery:
        name_act("service.delivery.claimed")
        delivery.attempts, delivery.next_at = delivery.attempts + 1, at + LEASE
        delivery.save(update_fields=["attempts", "next_at"])
    return delivery


def _send(delivery: Delivery, at: datetime) -> bool:
    outlet = outlet_named(delivery.outlet)
    if outlet is None or not outlet.url:
        _end(delivery, DeliveryState.FAILED, at, "There is no such outlet any more.")
        return False
    status, error = post(outlet, body_of(delivery), key=f"meridian-{delivery.message_id}")
    if 200 <= status < 300:
        _end(delivery, DeliveryState.SENT, at, "")
        return True
    if 400 <= status < 500 and status not in LATER or delivery.attempts >= MOST_ATTEMPTS:
        _end(delivery, DeliveryState.FAILED, at, error)
    else:
        _later(delivery, at, error)
    return False


def body_of(delivery: Delivery) -> bytes:
    """What the receiver reads of an answer; the same bytes however often it is sent."""
    message, ticket = delivery.message, delivery.message.ticket
    said: dict[str, Any] = {
        "id": str(message.pk),
        "type": "answer",
        "conversation": ticket.external_id,
        "ticket": ticket.reference,
        "text": message.text,
        "at": message.at.isoformat(),
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """An answer goes where the operator said, and nowhere that somebody else says then."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)


def post(outlet: Outlet, body: bytes, *, key: str) -> tuple[int, str]:
    """Return the status of the answer, 0 where none came, and what to say of it."""
    now = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "X-Meridian-Timestamp": str(now),
        "X-Meridian-Signature": sign(body, key=outlet.key, at=now),
    }
    request = urllib.request.Request(outlet.url, data=body, headers=headers, method="POST")
    try:
        with _OPENER.open(request, timeout=SECONDS) as answer:
            return answer.status, f"HTTP {answer.status}"
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, f"HTTP {error.code}"
    except urllib.error.URLError as error:
        return 0, type(error.reason).__name__
    except (OSError, http.client.HTTPException, ValueError) as error:
        return 0, type(error).__name__


@transaction.atomic
def _end(delivery: Delivery, state: str, at: datetime, error: str) -> None:
    name_act(f"service.delivery.{state}")
    delivery.state, delivery.error = state, error
    delivery.sent_at = at if state == DeliveryState.SENT else None
    delivery.save(update_fields=["state", "error", "sent_at"])


@transaction.atomic
def _later(delivery: Delivery, at: datetime, error: str) -> None:
    name_act("service.delivery.put_off")
    delivery.error, delivery.next_at = error, at + timedelta(seconds=pause_before(delivery.attempts))
    delivery.save(update_fields=["error", "next_at"])
