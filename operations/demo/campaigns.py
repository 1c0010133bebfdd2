"""Two campaigns that have run, one that worked and one that drew abusers, and one that waits to be signed off."""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from audit.services import record_batch
from customers.models import Consent, Customer, Notice
from marketing.carriers import SENT, Answer, Parcel
from marketing.models import Campaign, CampaignRound, Delivery, Message, Provider, Recipient, Response, Segment
from marketing.services.advancing import advance_campaigns
from marketing.services.campaigns import add_task, record_campaign, schedule_campaign, set_variants, write_lessons
from marketing.services.contents import record_message, write_text
from marketing.services.segment_lists import list_members
from marketing.services.segments import record_segment
from marketing.services.sending import send_campaign
from marketing.services.signoffs import ask_sign_off, decide_sign_off
from operations.demo.stories import PACKET_DAYS, SPRING_DAYS, packet_pool, spring_pool, written_to
from staff.models import User

MORNING = time(10, 0)
TEXTS: dict[str, dict[str, tuple[str, str]]] = {
    "spring-savers": {
        "en": ("Save a little each month", "Dear {{name}}, save a little each month and receive 20 yuan from us."),
        "zh-hans": ("每月存一点", "{{name}}，您好！每月存一点，即可获得我们的 20 元奖励。"),
        "zh-hant": ("每月存一點", "{{name}}，您好！每月存一點，即可獲得我們的 20 元獎勵。"),
    },
    "new-user-packet": {
        "en": ("A red packet for you", "Dear {{name}}, welcome. A red packet of 58 yuan waits in your wallet."),
        "zh-hans": ("送您一个红包", "{{name}}，欢迎您！58 元红包已放入您的钱包。"),
        "zh-hant": ("送您一個紅包", "{{name}}，歡迎您！58 元紅包已放入您的錢包。"),
    },
    "autumn-news": {
        "en": ("What is new this autumn", "Dear {{name}}, see in the app what is new this autumn."),
        "zh-hans": ("今秋新鲜事", "{{name}}，请在应用中查看今秋的新内容。"),
        "zh-hant": ("今秋新鮮事", "{{name}}，請在應用程式中查看今秋的新內容。"),
    },
}


class History:
    """The inbox as it was then: what was handed over has been read and deleted since."""

    at_once = 500

    def hand_over(self, parcels: Sequence[Parcel]) -> list[Answer]:
        return [Answer(SENT, ref=one.number) for one in parcels]

    def look_up(self, number: str) -> str | None:
        return None

    def close(self) -> None:
        return None


def make_campaigns(population: list[Customer], people: dict[str, User], *, last: date, now: datetime) -> None:
    app = _providers()
    spring = _had_run(
        people, app, code="spring-savers", name="Spring savers", pool=spring_pool(population, last=last), day=last - timedelta(days=SPRING_DAYS), window=120,
        objective="A third more of those who save by themselves save every month, for less than 25 yuan each.",
        reward=Decimal(20),
    )  # fmt: skip
    packet = _had_run(
        people, app, code="new-user-packet", name="New-user red packet", pool=packet_pool(population, last=last), day=last - timedelta(days=PACKET_DAYS - 42), window=25,
        objective="Half of those who have just joined make their first deposit.", reward=Decimal(58),
    )  # fmt: skip
    marketer = people["marketing"]
    write_lessons(
        actor=marketer,
        campaign_id=spring.pk,
        lessons="A small reward was enough. Say the amount in the subject next time.",
    )
    write_lessons(
        actor=marketer, campaign_id=packet.pk,
        lessons="The packets left within hours to one payee. Hold rewards before they are paid, and ask for a deposit first.",
    )  # fmt: skip
    _waiting(people, app, now)


def _providers() -> Provider:
    Provider.objects.get_or_create(
        code="mail",
        defaults={
            "name": "Mail server", "channel": "email", "kind": "smtp", "host": "127.0.0.1", "port": 2525,
            "security": "none", "from_name": settings.COMPANY_NAME, "from_address": "news@example.com",
            "price": Decimal("0.01"), "per_second": 20,
        },
    )  # fmt: skip
    return Provider.objects.get_or_create(
        code="app",
        defaults={"name": "Inbox of the app", "channel": "inapp", "kind": "inbox", "price": Decimal("0.002"), "per_second": 5_000},
    )[0]  # fmt: skip


def _had_run(people: dict[str, User], provider: Provider, *, code: str, name: str, pool: list[Customer], day: date,
             window: int, objective: str, reward: Decimal) -> Campaign:  # fmt: skip
    """A campaign that was planned, signed off, sent and answered back then."""
    marketer, starts = people["marketing"], datetime.combine(day, MORNING, timezone.get_default_timezone())
    planned = starts - timedelta(days=7)
    segment = record_segment(actor=marketer, code=code, name=name, kind="list", owner=marketer, at=planned)
    list_members(actor=marketer, segment_id=segment.pk, references=[one.reference for one in pool], at=planned)
    _agreed(pool, planned - timedelta(days=1))
    campaign = _planned(
        marketer, segment, provider, code, at=planned, name=name, objective=objective, starts_at=starts, holdout=5_000,
        conversion_days=window, fixed_cost=reward * len(written_to(pool)), budget=Decimal(10_000),
    )  # fmt: skip
    asked = ask_sign_off(actor=marketer, campaign_id=campaign.pk, at=planned)
    decide_sign_off(
        actor=people["compliance"], sign_off_id=asked.pk, sha256=asked.sha256, approve=True,
        note="Read in all three languages.", at=planned + timedelta(days=1),
    )  # fmt: skip
    schedule_campaign(actor=marketer, campaign_id=campaign.pk, at=planned + timedelta(days=2))
    soon = starts + timedelta(minutes=1)
    _drawn(Campaign.objects.get(pk=campaign.pk), pool, starts)
    advance_campaigns(at=soon)
    send_campaign(campaign_id=campaign.pk, now=lambda: soon, carrier=History())
    _answered(campaign, soon)
    advance_campaigns(at=soon + timedelta(minutes=1))
    return Campaign.objects.get(pk=campaign.pk)


def _drawn(campaign: Campaign, pool: list[Customer], at: datetime) -> None:
    """The audience of then: one half written to, the other held out."""
    reached, variant = {one.pk for one in written_to(pool)}, campaign.variants.get()
    drawn = CampaignRound.objects.create(
        campaign=campaign, number=1, sign_off=campaign.sign_off, planned_at=at, drawn_at=at, matched=len(pool),
        reached=len(reached), held=len(pool) - len(reached),
    )  # fmt: skip
    made = Recipient.objects.bulk_create(
        [
            Recipient(
                round=drawn, campaign=campaign, customer=one, variant=variant, is_held=one.pk not in reached,
                language=one.language, token=uuid.uuid4().hex, at=at,
            )
            for one in pool
        ]
    )  # fmt: skip
    digest = hashlib.sha256(",".join(str(one.customer_id) for one in made).encode()).hexdigest()
    record_batch("marketing_recipient", len(made), digest, pk=drawn.pk, action="marketing.round.drawn")
    Delivery.objects.bulk_create(
        [
            Delivery(recipient=one, campaign=campaign, customer_id=one.customer_id, next_at=at)
            for one in made
            if not one.is_held
        ]
    )


def _planned(
    marketer: User, segment: Segment, provider: Provider, code: str, *, at: datetime, **fields: Any
) -> Campaign:
    campaign = record_campaign(actor=marketer, at=at, owner=marketer, segment=segment, provider=provider, **fields)
    message = Message.objects.filter(code=code).first() or _message(marketer, code, at)
    set_variants(actor=marketer, campaign_id=campaign.pk, variants=[(message, 10_000)], at=at)
    return campaign


def _message(marketer: User, code: str, at: datetime) -> Message:
    name = TEXTS[code]["en"][0]
    message = record_message(actor=marketer, code=code, name=name, channel="inapp", owner=marketer, at=at)
    for language, (subject, body) in TEXTS[code].items():
        write_text(actor=marketer, message_id=message.pk, language=language, subject=subject, body=body, at=at)
    return message


def _agreed(pool: list[Customer], at: datetime) -> None:
    """They said yes in the app before."""
    notice = Notice.objects.filter(purpose="marketing").order_by("pk").first()
    Consent.objects.bulk_create(
        [
            Consent(
                customer=one, purpose="marketing", channel="app", given=True, at=at, notice=notice, origin="app",
                recorded_at=at,
            )
            for one in pool
        ]
    )  # fmt: skip


def _answered(campaign: Campaign, at: datetime) -> None:
    """Two in three opened it, one in four of these clicked, by their numbers."""
    reached = Recipient.objects.filter(campaign=campaign, delivery__state="sent").order_by("pk")
    told = []
    for recipient in reached:
        kinds = [kind for kind, every in (("opened", 3), ("clicked", 8)) if recipient.customer_id % every]
        told += [
            Response(
                recipient=recipient, campaign=campaign, customer_id=recipient.customer_id, kind=kind,
                at=at + timedelta(minutes=recipient.customer_id % 600),
            )
            for kind in (kinds if "opened" in kinds else [])
            if kind == "opened" or recipient.customer_id % 4 == 1
        ]  # fmt: skip
    Response.objects.bulk_create(told)
    digest = hashlib.sha256(",".join(f"{one.recipient_id}:{one.kind}" for one in told).encode()).hexdigest()
    record_batch("marketing_response", len(told), digest, pk=campaign.pk)


def _waiting(people: dict[str, User], provider: Provider, now: datetime) -> None:
    """What compliance finds when it signs in."""
    marketer = people["marketing"]
    segment = Segment.objects.get(code="spring-savers")
    campaign = _planned(
        marketer, segment, provider, "autumn-news", at=now, name="Autumn news", holdout=1_000, budget=Decimal(500),
        objective="One in ten looks at what is new in the app within two weeks.", conversion="click",
        starts_at=(now + timedelta(days=5)).replace(hour=2, minute=0, second=0, microsecond=0),
    )  # fmt: skip
    add_task(
        actor=marketer,
        campaign_id=campaign.pk,
        title="Ask the branch about the opening hours",
        owner=marketer,
        due_on=None,
    )
    ask_sign_off(actor=marketer, campaign_id=campaign.pk, at=now)
