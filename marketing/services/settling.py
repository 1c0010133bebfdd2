"""Where deliveries stand after what became of them, and what is kept of it for good."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import F

from audit.services import name_act, record_batch
from marketing.models import Campaign, Delivery, DeliveryState
from marketing.sql import statement

if TYPE_CHECKING:
    from marketing.services.sending import Run


@dataclass(frozen=True)
class Settled:
    """What became of one attempt; `outcome` is a `SendOutcome`, `reason` a code of `Exclusion` where nothing was sent."""

    recipient_id: int
    outcome: str
    reason: str = ""
    ref: str = ""
    sha256: bytes | None = None


def settle(run: Run, ended: Sequence[Settled], at: datetime, *, frm: list[str]) -> None:
    """Keep what became of attempts of this worker; one that was settled meanwhile by somebody else stays as it is."""
    keep(run.campaign, ended, at, frm=frm, worker=run.worker)


def keep(campaign: Campaign, ended: Sequence[Settled], at: datetime, *, frm: list[str], worker: str = "") -> int:
    """Move deliveries from one of the states `frm` to where their attempts ended, and keep a send of each; of one `worker`, or
    whoever had them last."""
    if not ended:
        return 0
    asked: dict[str, Any] = {
        "recipients": [one.recipient_id for one in ended],
        "outcomes": [one.outcome for one in ended],
        "reasons": [one.reason[:200] for one in ended],
        "refs": [one.ref[:120] for one in ended],
        "hashes": [one.sha256 for one in ended],
        "from": frm, "worker": worker, "at": at, "channel": campaign.provider.channel,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement("settle_deliveries"), asked)
        rows = cursor.fetchall()
    _record(campaign, rows)
    return len(rows)


def _record(campaign: Campaign, rows: Sequence[tuple[int, str]]) -> None:
    if rows:
        said = ",".join(f"{recipient}:{outcome}" for recipient, outcome in rows)
        record_batch(
            "marketing_send", len(rows), hashlib.sha256(said.encode()).hexdigest(), pk=campaign.pk,
            action="marketing.send.settled",
        )  # fmt: skip


def requeue(worker: str, recipients: Sequence[int], not_before: datetime, *, frm: str, counts: bool = True) -> None:
    """Put deliveries of this worker back to the queue: they were surely not taken. What waits for the morning only was no
    attempt (`counts`)."""
    held = Delivery.objects.filter(recipient_id__in=recipients, state=frm, worker=worker)
    attempts = F("attempts") - (0 if counts else 1)
    held.update(state=DeliveryState.QUEUED, next_at=not_before, lease_until=None, attempts=attempts)


def give_back(worker: str, at: datetime) -> None:
    """Put everything that this worker still holds back to the queue: the provider takes nothing. It was no attempt."""
    Delivery.objects.filter(worker=worker, state__in=["claimed", "sending"]).update(
        state=DeliveryState.QUEUED, next_at=at, lease_until=None, attempts=F("attempts") - 1
    )


@transaction.atomic
def skip_late(campaign: Campaign, at: datetime) -> int:
    """What has not gone out by the last moment for sending never does."""
    name_act("marketing.delivery.late")
    return skip_queued(campaign, "late", at)


def skip_queued(campaign: Campaign, reason: str, at: datetime) -> int:
    """Let nothing go out that still waits, and say why."""
    with connection.cursor() as cursor:
        cursor.execute(
            statement("skip_queued"),
            {"campaign": campaign.pk, "reason": reason, "at": at, "channel": campaign.provider.channel},
        )
        rows = cursor.fetchall()
    _record(campaign, rows)
    return len(rows)


@transaction.atomic
def end_leases(*, at: datetime) -> tuple[int, int]:
    """Settle what killed workers left: return how many go back to the queue, and of how many nobody knows."""
    overdue = Delivery.objects.overdue_leases(at)
    back = overdue.filter(state="claimed").update(state=DeliveryState.QUEUED, next_at=at, lease_until=None)
    unknown = 0
    lost = overdue.filter(state="sending").select_for_update(skip_locked=True, of=("self",))
    by_campaign: dict[int, list[Delivery]] = {}
    for one in lost:
        by_campaign.setdefault(one.campaign_id, []).append(one)
    for campaign in Campaign.objects.for_list().filter(pk__in=by_campaign):
        name_act("marketing.delivery.lost")
        why = "The sender ended while it was handing over."
        ended = [Settled(one.pk, "unknown", why) for one in by_campaign[campaign.pk]]
        unknown += keep(campaign, ended, at, frm=["sending"])
    return back, unknown
