"""Who a campaign would reach, who it reaches, and why it does not reach the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from audit.services import name_act, record_batch
from customers.models import Customer
from customers.services.suitability import may_buy_many
from customers.services.suitability_rules import company_day
from marketing.models import Campaign, CampaignKind, CampaignRound, Segment, SendChannel, SignOff
from marketing.rules.experiments import minimum_detectable_effect
from marketing.services.contact_limits import ContactLimits, limits_at
from marketing.sql import statement

HOUSE_SALT = "meridian-holdout"
PIECE = 50_000
CONSENT_CHANNELS = {
    SendChannel.EMAIL: "email",
    SendChannel.SMS: "sms",
    SendChannel.PUSH: "app",
    SendChannel.INAPP: "app",
}


@dataclass(frozen=True)
class Forecast:
    """What a campaign would do if it went out now. `left_out` counts by reason, `risk_mix` by level of risk of those
    written to; `least_effect` is by how much the share that converts must rise to be found, None where nothing could
    be."""

    matched: int
    reached: int
    held: int
    left_out: dict[str, int] = field(default_factory=dict)
    risk_mix: dict[str, int] = field(default_factory=dict)

    def least_effect(self, base: float) -> float | None:
        smaller = min(self.reached, self.held)
        return minimum_detectable_effect(base, smaller) if smaller > 0 and 0 < base < 1 else None


def foresee(campaign: Campaign, at: datetime) -> Forecast:
    """Return what the campaign would do if its audience were drawn at `at`; nothing is written."""
    asked = drawing_parameters(campaign, at)
    with connection.cursor() as cursor:
        cursor.execute(_whole("foresee"), asked)
        rows = cursor.fetchall()
    left_out: dict[str, int] = {}
    risk_mix: dict[str, int] = {}
    held = 0
    for reason, level, count, held_here in rows:
        held += held_here
        if reason:
            left_out[reason] = left_out.get(reason, 0) + count
        else:
            risk_mix[level] = risk_mix.get(level, 0) + count - held_here
    matched = sum(row[2] for row in rows)
    return Forecast(matched, sum(risk_mix.values()), held, left_out, risk_mix)


@transaction.atomic
def draw_round(*, campaign: Campaign, sign_off: SignOff, planned_at: datetime, at: datetime) -> CampaignRound:
    """Draw the audience of the next round, once: whoever calls it again for the same `planned_at` gets the same round.

    The campaign's row must be locked. Everything is one transaction: a round is whole or it is not there."""
    known = campaign.rounds.filter(planned_at=planned_at).first()
    if known:
        return known
    name_act("marketing.round.drawn")
    seen_until = _hold_entries(campaign)
    asked = drawing_parameters(campaign, at)  # before this round is there: what counts is the one before
    number = (campaign.rounds.aggregate(last=Max("number"))["last"] or 0) + 1
    drawn = CampaignRound.objects.create(
        campaign=campaign, number=number, sign_off=sign_off, planned_at=planned_at, drawn_at=at, seen_until=seen_until
    )
    counted = _draw(drawn, asked, limits_at(at), at)
    for name, value in counted.items():
        setattr(drawn, name, value)
    drawn.save(update_fields=list(counted))
    return drawn


def _draw(drawn: CampaignRound, asked: dict[str, Any], limits: ContactLimits, at: datetime) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(_whole("draw_recipients"), {**asked, "round": drawn.pk, **_variants(drawn.campaign)})
        rows = cursor.fetchall()
        nights = {"next": [limits.next_moment(place, at) for place in asked["places"]], "places": asked["places"]}
        cursor.execute(statement("queue_deliveries"), {"round": drawn.pk, "at": at, **nights})
    counted = {
        "matched": sum(count for _reason, _held, count, _digest in rows),
        "reached": sum(count for reason, held, count, _digest in rows if not reason and not held),
        "held": sum(count for _reason, held, count, _digest in rows if held),
        "excluded": {reason: count for reason, _held, count, _digest in rows if reason},
    }
    for reason, held, count, digest in rows:
        record_batch(
            "marketing_recipient", count, digest, pk=drawn.pk, detail={"left_out": reason, "held_out": held},
            action="marketing.round.drawn",
        )  # fmt: skip
    return counted


def _variants(campaign: Campaign) -> dict[str, list[int]]:
    """Each variant with the place that its share ends at."""
    ids, until, so_far = [], [], 0
    for variant in campaign.variants.order_by("code"):
        so_far += variant.share
        ids.append(variant.pk)
        until.append(so_far)
    return {"variants": ids, "until": until}


def drawing_parameters(campaign: Campaign, at: datetime) -> dict[str, Any]:
    """The parameters of the statements that look at everybody who matches."""
    places = list(Customer.objects.order_by().values_list("jurisdiction", flat=True).distinct())
    asked = {
        **guard_parameters(campaign, at),
        **limits_at(at).columns(places),
        **_matching(campaign, at),
        "house_salt": HOUSE_SALT,
        "holdout_salt": f"{campaign.salt}/holdout",
        "salt": campaign.salt,
        "holdout": campaign.holdout,
    }
    return {**asked, "unsuitable": list(_unsuitable(campaign, asked, at))}


def consent_channel(campaign: Campaign) -> str:
    """Return the channel that a customer's consent must be for."""
    return CONSENT_CHANNELS[SendChannel(campaign.provider.channel)]


def guard_parameters(campaign: Campaign, at: datetime) -> dict[str, Any]:
    """What `reasons.sql` needs to know of a campaign."""
    return {
        "campaign": campaign.pk,
        "priority": campaign.priority,
        "purpose": campaign.purpose,
        "channel": campaign.provider.channel,
        "consent_channel": consent_channel(campaign),
        "suppress": list(campaign.suppress.order_by("pk").values_list("pk", flat=True)),
        "at": at,
        "day": company_day(at),
    }


def _matching(campaign: Campaign, at: datetime) -> dict[str, Any]:
    """Once: everybody who is in the segment. A campaign that follows entries: who came since it looked last."""
    is_triggered = campaign.kind == CampaignKind.TRIGGERED
    again = campaign.again_after_days
    return {
        "segment": campaign.segment_id,
        "entered_after": seen_before(campaign) if is_triggered else None,
        "only_once": is_triggered or again is not None,
        "again_after": at - timedelta(days=again) if again is not None else None,
    }


def seen_before(campaign: Campaign) -> datetime:
    """Return until when a campaign that follows entries has seen who entered."""
    seen, drawn = campaign.rounds.aggregate(seen=Max("seen_until"), drawn=Max("drawn_at")).values()
    return seen or drawn or campaign.starts_at


def _hold_entries(campaign: Campaign) -> datetime | None:
    """Let nobody enter or leave for the rest of this transaction, and return until when the next round sees entries.

    The segment's own clock counts: a refresh that began before this round and ends after it writes its entries down with a
    moment before the round's, yet later than the refresh before."""
    if campaign.kind != CampaignKind.TRIGGERED:
        return None
    held = "SELECT id, refreshed_at FROM marketing_segment WHERE id = %s FOR SHARE"
    segment = Segment.objects.raw(held, [campaign.segment_id])[0]
    return max(segment.refreshed_at or campaign.starts_at, seen_before(campaign))


def _unsuitable(campaign: Campaign, asked: dict[str, Any], at: datetime) -> Iterator[int]:
    """Those who match and for whom the product is not suitable, or only of their own accord: nobody is led to that."""
    if campaign.product is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {statement('matched')} SELECT customer_id FROM candidate", asked)
        while rows := cursor.fetchmany(PIECE):
            yield from unsuitable_among(campaign, [pk for (pk,) in rows], at)


def unsuitable_among(campaign: Campaign, customers: Sequence[int], at: datetime) -> list[int]:
    if campaign.product is None or not customers:
        return []
    said = may_buy_many(campaign.product, at, customers=customers)
    return [pk for pk in customers if pk not in said or said[pk].verdict != "yes"]


def withheld_among(campaign: Campaign, customers: Sequence[int], places: set[str], at: datetime) -> dict[int, str]:
    """Return why some of `customers`, already drawn, may not be written to any more at `at`."""
    asked = {
        **guard_parameters(campaign, at),
        **limits_at(at).columns(sorted(places)),
        "customers": list(customers),
        "unsuitable": unsuitable_among(campaign, customers, at),
    }
    with connection.cursor() as cursor:
        cursor.execute(_whole("withheld"), asked)
        return dict(cursor.fetchall())


def _whole(name: str) -> str:
    return statement(name).format(matched=statement("matched"), reasons=statement("reasons"))
