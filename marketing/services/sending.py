"""Sending: claimed with a lease, looked at again, marked before the call, settled after it.

    queued ──claim──▶ claimed ──mark──▶ sending ──answer──▶ sent | failed | queued again (surely not taken)
       ▲                 │                 │
       └──lease over─────┘                 └── lease over, or no answer ──▶ unknown ──proof──▶ sent | queued

Each arrow is one transaction. A worker that is killed leaves a lease behind: what it had only claimed goes back to the
queue; of what it was handing over nobody knows, and nothing is sent again before there is proof that it was not taken.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from marketing.carriers import FAILED, LATER, SENT, Answer, Blocked, Carrier, Parcel, carrier_of
from marketing.models import Campaign, CampaignState, Delivery, Provider
from marketing.services.audiences import withheld_among
from marketing.services.contact_limits import limits_at
from marketing.services.pacing import block, is_blocked, take_pace, unblock
from marketing.services.parcels import Claimed, Texts, content_hash, parcels_of
from marketing.services.settling import Settled, give_back, requeue, settle, skip_late
from marketing.services.signoffs import void_if_changed
from marketing.sql import statement

BATCH = 500
LEASE = timedelta(minutes=5)
AGAIN = timedelta(seconds=5)  # until a customer is looked at again whom another campaign was writing to
MOST_ATTEMPTS = 8
PACED, WAIT = -1, 0.2  # seconds
Clock = Callable[[], datetime]


@dataclass
class Run:
    """One worker's turn at one campaign: what it needs for every batch."""

    campaign: Campaign
    texts: Texts
    carrier: Carrier
    worker: str
    now: Clock

    @property
    def provider(self) -> Provider:
        return self.campaign.provider


def send_campaign(
    *, campaign_id: int, seconds: float = 50, now: Clock = timezone.now, carrier: Carrier | None = None
) -> int:
    """Send what of a campaign is due, for as long as `seconds`; return how many messages were handed over. Any number
    of workers may do so at once."""
    run = _begin(campaign_id, now, carrier)
    if run is None:
        return 0
    handed, until = 0, time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            done = send_batch(run)
            if done is None:
                break
            if done == PACED:
                time.sleep(WAIT)
            else:
                handed += done
    except Blocked as error:
        block(run.provider, str(error), error.pause, now())
    finally:
        run.carrier.close()
    return handed


def _begin(campaign_id: int, now: Clock, carrier: Carrier | None) -> Run | None:
    campaign = Campaign.objects.for_list().get(pk=campaign_id)
    if campaign.state != CampaignState.RUNNING:
        return None
    texts = Texts(campaign)
    # The hash is looked at after the texts were prepared: what changed before is seen, what changes later is not sent.
    if void_if_changed(campaign_id=campaign_id, at=now()):
        return None
    worker = f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
    return Run(campaign, texts, carrier or carrier_of(campaign.provider), worker, now)


def send_batch(run: Run) -> int | None:
    """Hand over one batch; return how many messages, PACED where the provider's pace lets none through just now, None where
    there is nothing to do."""
    at = run.now()
    if not _still_running(run, at):
        return None
    if not Delivery.objects.due(at).filter(campaign=run.campaign).exists():
        return None
    granted = take_pace(run.provider, BATCH, at)
    if granted == 0:
        return None if is_blocked(run.provider, at) else PACED
    claimed = _claim(run, granted, at)
    if not claimed:
        return None
    willing = _look_again(run, claimed, at)
    parcels, refused = parcels_of(run.campaign, run.texts, willing, at)
    _settle_skipped(run, [Settled(pk, "skipped", why) for pk, why in refused.items()], at)
    return _hand_over_all(run, parcels, willing, at)


def _still_running(run: Run, at: datetime) -> bool:
    state, send_by = Campaign.objects.values_list("state", "send_by").get(pk=run.campaign.pk)
    if state != CampaignState.RUNNING or void_if_changed(campaign_id=run.campaign.pk, at=at):
        return False
    if send_by and at > send_by:
        skip_late(run.campaign, at)
        return False
    return True


@transaction.atomic
def _claim(run: Run, most: int, at: datetime) -> list[Claimed]:
    asked: dict[str, Any] = {
        "campaign": run.campaign.pk, "at": at, "most": most, "worker": run.worker, "lease_until": at + LEASE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement("claim_deliveries"), asked)
        return [Claimed(*row) for row in cursor.fetchall()]


def _look_again(run: Run, claimed: Sequence[Claimed], at: datetime) -> list[Claimed]:
    """Consent, caps, suitability and the hour are asked again for what was claimed; return whom to write to."""
    places = {one.jurisdiction for one in claimed}
    limits = limits_at(at)
    asleep = {place for place in places if not limits.may_write(place, at)}
    withheld = withheld_among(run.campaign, [one.customer_id for one in claimed], places, at)
    late = [one for one in claimed if one.customer_id not in withheld and one.jurisdiction in asleep]
    by_moment: dict[datetime, list[int]] = {}
    for one in late:
        by_moment.setdefault(limits.next_moment(one.jurisdiction, at), []).append(one.recipient_id)
    for moment, recipients in by_moment.items():
        requeue(run.worker, recipients, moment, frm="claimed", counts=False)
    skipped = [
        Settled(one.recipient_id, "skipped", withheld[one.customer_id])
        for one in claimed
        if one.customer_id in withheld
    ]
    _settle_skipped(run, skipped, at)
    gone = {one.recipient_id for one in late} | {one.recipient_id for one in skipped}
    return [one for one in claimed if one.recipient_id not in gone]


@transaction.atomic
def _settle_skipped(run: Run, skipped: list[Settled], at: datetime) -> None:
    settle(run, skipped, at, frm=["claimed"])


def _hand_over_all(run: Run, parcels: Sequence[Parcel], claimed: Sequence[Claimed], looked_at: datetime) -> int:
    """Give the parcels to the carrier, a few at a time. What the last few came to is settled in the transaction that marks
    the next."""
    attempts = {one.recipient_id: one.attempts for one in claimed}
    size, handed = run.carrier.at_once, 0
    ended: list[tuple[Parcel, Answer]] = []
    for begin in range(0, len(parcels), size):
        marked = _settle_and_mark(run, ended, parcels[begin : begin + size], attempts, looked_at)
        ended = []
        if marked is None:  # paused, cancelled or voided meanwhile, or the lease is over
            give_back(run.worker, run.now())
            break
        try:
            answers = run.carrier.hand_over(marked) if marked else []
        except Blocked:
            give_back(run.worker, run.now())
            raise
        ended = list(zip(marked, answers, strict=True))
        handed += sum(answer.outcome == SENT for answer in answers)
    _settle_ended(run, ended, attempts)
    if handed:
        unblock(run.provider)
    return handed


@transaction.atomic
def _settle_and_mark(
    run: Run,
    ended: Sequence[tuple[Parcel, Answer]],
    following: Sequence[Parcel],
    attempts: dict[int, int],
    looked_at: datetime,
) -> list[Parcel] | None:
    """Keep what became of some, and mark the next as being handed over; return those that may be, None where nothing more
    goes out."""
    _settle_ended(run, ended, attempts)
    at = run.now()
    asked: dict[str, Any] = {
        "recipients": [one.recipient_id for one in following], "worker": run.worker, "at": at,
        "lease_until": at + LEASE, "looked_at": looked_at, "again_at": at + AGAIN,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement("hand_over"), asked)
        moved = dict(cursor.fetchall())
    return [one for one in following if moved.get(one.recipient_id) == "sending"] if moved else None


@transaction.atomic
def _settle_ended(run: Run, ended: Sequence[tuple[Parcel, Answer]], attempts: dict[int, int]) -> None:
    """Keep what became of some; what was surely not taken goes back to the queue for a while."""
    at = run.now()
    again = [(parcel, answer) for parcel, answer in ended if _may_try_again(parcel, answer, attempts)]
    tried = {parcel.recipient_id for parcel, _answer in again}
    for parcel, _answer in again:
        requeue(run.worker, [parcel.recipient_id], at + pause_after(attempts[parcel.recipient_id]), frm="sending")
    settle(run, [_settled(*pair) for pair in ended if pair[0].recipient_id not in tried], at, frm=["sending"])


def _may_try_again(parcel: Parcel, answer: Answer, attempts: dict[int, int]) -> bool:
    return answer.outcome == LATER and attempts[parcel.recipient_id] < MOST_ATTEMPTS


def pause_after(attempt: int) -> timedelta:
    """Twice as long each time: from a minute to four hours."""
    return min(timedelta(minutes=2 ** max(0, attempt - 1)), timedelta(hours=4))


def _settled(parcel: Parcel, answer: Answer) -> Settled:
    outcome = FAILED if answer.outcome == LATER else answer.outcome
    return Settled(parcel.recipient_id, outcome, answer.reason, answer.ref, content_hash(parcel))
