"""Sending to everybody: the audience drawn, then claimed, looked at again, written and handed to a provider that does nothing,
by two processes; beside two that only claim and settle rows of a bare table.

A million recipients at scale 1. A process's memory is its peak, taken after an eighth of the work and at its end."""

import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone

from bench.datasets import Size, dataset_of
from bench.lists import _result
from marketing.carriers import SENT, Answer, Parcel
from marketing.models import Campaign, Message, Provider, Segment
from marketing.services.advancing import advance_campaigns
from marketing.services.campaigns import record_campaign, schedule_campaign, set_variants
from marketing.services.contents import record_message, write_text
from marketing.services.sending import send_campaign
from marketing.services.signoffs import ask_sign_off, decide_sign_off
from staff.guards import unguarded
from staff.models import User

ROOT = Path(__file__).resolve().parent.parent
PER_SECOND, FLAT_MB, OF_BARE = 3_000, 300, 0.5
PROCESSES = 2
CONSENTS = """
INSERT INTO customers_consent (customer_id, purpose, channel, given, at, notice_id, origin, evidence, external_id, recorded_at)
SELECT c.id, 'marketing', 'any', true, now() - interval '30 days',
       (SELECT id FROM customers_notice WHERE purpose = 'marketing' LIMIT 1), 'app', '', '', now()
  FROM customers_customer AS c
"""
MEMBERS = """
INSERT INTO marketing_segmentmember (segment_id, customer_id, entered_at)
SELECT %s, id, now() - interval '1 day' FROM customers_customer
"""
BARE = """
DROP TABLE IF EXISTS bench_bare;
CREATE TABLE bench_bare (id bigint PRIMARY KEY, state text NOT NULL, lease timestamptz, settled timestamptz);
INSERT INTO bench_bare (id, state) SELECT n, 'queued' FROM generate_series(1, {n}) AS n;
CREATE INDEX ON bench_bare (id) WHERE state = 'queued';
ANALYZE bench_bare;
"""
CLAIM = """
UPDATE bench_bare SET state = 'claimed', lease = now() + interval '5 minutes'
 WHERE id IN (SELECT id FROM bench_bare WHERE state = 'queued' ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED) RETURNING id
"""
SETTLE = "UPDATE bench_bare SET state = 'sent', settled = now(), lease = NULL WHERE id = ANY(%s)"


class NullCarrier:
    """A provider that takes everything at once."""

    at_once = 500

    def __init__(self) -> None:
        self.taken = 0

    def hand_over(self, parcels: Sequence[Parcel]) -> list[Answer]:
        self.taken += len(parcels)
        return [Answer(SENT) for _one in parcels]

    def look_up(self, number: str) -> str | None:
        return None

    def close(self) -> None:
        return None


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    size = Size.at(scale)
    dataset_of(size)
    campaign, drawing = _draw()
    waiting = campaign.deliveries.count()
    sending, peaks = _beside("sends", campaign.pk)
    with connection.cursor() as cursor:
        cursor.execute(BARE.format(n=waiting))
    bare, _none = _beside("claims", 0)
    left = campaign.deliveries.exclude(state="sent").count()
    if left:
        raise RuntimeError(f"{left} of {waiting} messages were not sent.")
    rate, bare_rate = waiting / sending, waiting / bare
    name = "campaign"
    return [
        _result(f"{name}: audience matched, judged and drawn", drawing, None, "s", size),
        _result(f"{name}: messages a second by two processes", rate, PER_SECOND, "/s", size, better="higher"),
        _result(
            f"{name}: beside a bare claim and update in SQL", rate / bare_rate, OF_BARE, "×", size, better="higher"
        ),
        _result(f"{name}: peak memory of a process", max(peaks), FLAT_MB, "MB", size),
    ]


def _draw() -> tuple[Campaign, float]:
    """A campaign to everybody, its audience drawn; and how many seconds that took."""
    with unguarded("bench"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE marketing_contactrule SET value = 0 WHERE code IN ('quiet_from', 'quiet_until', 'holdout')"
        )
        # What earlier runs sent is counted like any pressure, and stops nobody.
        cursor.execute(
            "UPDATE marketing_contactrule SET value = 1000000 WHERE code IN ('cap_week', 'cap_month', 'fatigue')"
        )
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("ALTER TABLE customers_consent DISABLE TRIGGER ALL")
        cursor.execute("DELETE FROM customers_consent")
        cursor.execute(CONSENTS)
        cursor.execute("ALTER TABLE customers_consent ENABLE TRIGGER ALL")
    campaign = _signed()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE customers_consent, marketing_segmentmember")
    began = time.perf_counter()
    advance_campaigns(at=campaign.starts_at + timedelta(seconds=1))
    return campaign, time.perf_counter() - began


def _signed() -> Campaign:
    now, stamp = timezone.now(), f"{time.time():.0f}"
    marketer, officer = _person("marketing", stamp), _person("compliance", stamp)
    segment = Segment.objects.create(code=f"all-{stamp}", name="Everybody", kind="list", owner=marketer, created_at=now)
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, [segment.pk])
    provider = Provider.objects.create(
        code=f"null-{stamp}", name="Null", channel="inapp", kind="inbox", per_second=10_000_000
    )
    message = record_message(actor=marketer, code=f"news-{stamp}", name="News", channel="inapp", owner=marketer, at=now)
    write_text(
        actor=marketer, message_id=message.pk, language="en", body="Dear {{name}}, there is news for {{city}}.", at=now
    )
    campaign = record_campaign(
        actor=marketer, at=now, name="Bench", objective="Everybody", owner=marketer, segment=segment, provider=provider,
        starts_at=now + timedelta(minutes=1), holdout=0,
    )  # fmt: skip
    set_variants(
        actor=marketer, campaign_id=campaign.pk, variants=[(Message.objects.get(pk=message.pk), 10_000)], at=now
    )
    asked = ask_sign_off(actor=marketer, campaign_id=campaign.pk, at=now)
    decide_sign_off(actor=officer, sign_off_id=asked.pk, sha256=asked.sha256, approve=True, note="", at=now)
    return schedule_campaign(actor=marketer, campaign_id=campaign.pk, at=now)


def _person(role: str, stamp: str) -> User:
    user = User.objects.create(email=f"{role}-{stamp}@bench.example", full_name=role.title())
    user.groups.add(Group.objects.get(name=role))
    return User.objects.get(pk=user.pk)


def _beside(what: str, campaign_id: int) -> tuple[float, list[float]]:
    """Run two processes until there is nothing left; return the seconds and what each held in memory at its peak, in MB."""
    program = f"from bench.database import use_bench_database; use_bench_database(); import django; django.setup(); from bench.campaigns import {what}; {what}({campaign_id})"
    began = time.perf_counter()
    started = [
        subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _turn in range(PROCESSES)
    ]
    told = [process.communicate()[0] for process in started]
    if any(process.returncode for process in started):
        raise RuntimeError(f"A process that {what} ended badly.")
    return time.perf_counter() - began, [float(one.split()[-1]) for one in told]


def _peak() -> float:
    """What this program held in memory at most, in MB. What `getrusage` says begins with what its parent held before."""
    told = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(told.split()[1]) / 1024


def sends(campaign_id: int) -> None:
    """What each of the two processes does."""
    at = timezone.now() + timedelta(minutes=5)
    send_campaign(campaign_id=campaign_id, seconds=7_200, now=lambda: max(at, timezone.now()), carrier=NullCarrier())
    print(_peak())


def claims(_nothing: int) -> None:
    """The least that can be done: rows claimed and settled, nothing looked at or written."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(CLAIM)
            rows = cursor.fetchall()
            if not rows:
                break
            cursor.execute(SETTLE, [[pk for (pk,) in rows]])
    print(_peak())
