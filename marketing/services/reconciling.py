"""Messages of which nobody knows whether they were taken: asked of the provider, or settled by a person with its log."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from audit.services import name_act
from marketing.carriers import SENT, Blocked, carrier_of
from marketing.models import Campaign, Delivery, DeliveryState
from marketing.services.campaign_states import locked
from marketing.services.parcels import NUMBER, number_of
from marketing.services.settling import Settled, keep
from staff.models import User

MOST = 500


def ask_providers(*, at: datetime) -> int:
    """Ask the provider of each message of which nobody knows; return how many are settled. One that cannot say leaves
    them to a person."""
    asked = Delivery.objects.unknown().values_list("campaign_id", flat=True).distinct().order_by("campaign_id")
    return sum(_ask_provider(Campaign.objects.for_list().get(pk=pk), at) for pk in asked)


def _ask_provider(campaign: Campaign, at: datetime) -> int:
    carrier = carrier_of(campaign.provider)
    settled = 0
    try:
        for delivery in _lost(campaign).order_by("pk")[:MOST]:
            said = carrier.look_up(number_of(delivery.pk, delivery.recipient.token))
            settled += _settle(campaign, delivery, said, at) if said else 0
    except Blocked:
        pass  # asked again the next time
    finally:
        carrier.close()
    return settled


def _lost(campaign: Campaign) -> QuerySet[Delivery]:
    return Delivery.objects.unknown().filter(campaign=campaign).select_related("recipient")


@transaction.atomic
def _settle(campaign: Campaign, delivery: Delivery, said: str, at: datetime) -> int:
    """What the provider took is sent; what it surely did not take goes back to the queue."""
    name_act("marketing.delivery.reconciled")
    if said == SENT:
        return keep(campaign, [Settled(delivery.pk, "sent", "The provider says so.")], at, frm=["unknown"])
    return Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.UNKNOWN).update(
        state=DeliveryState.QUEUED, next_at=at, attempts=F("attempts") - 1
    )


@transaction.atomic
def reconcile_by_log(*, actor: User, campaign_id: int, log: str, at: datetime) -> tuple[int, int]:
    """Settle every message of a campaign of which nobody knows by the provider's own log, a text in which the numbers of
    what it took stand. Return how many were sent and how many go out again.

    Whoever does it vouches that the log is whole: what it does not name is sent again."""
    campaign = locked(actor, campaign_id, "marketing.run_campaign")
    named = numbers_in(log)
    waiting = list(_lost(campaign).select_for_update(of=("self",)))
    if not waiting:
        raise ValidationError(_("There is no message of this campaign of which nobody knows."))
    name_act("marketing.delivery.reconciled")
    taken = [one.pk for one in waiting if number_of(one.pk, one.recipient.token) in named]
    keep(campaign, [Settled(pk, "sent", "In the log of the provider.") for pk in taken], at, frm=["unknown"])
    missing = [one.pk for one in waiting if one.pk not in set(taken)]
    campaign.deliveries.filter(pk__in=missing, state=DeliveryState.UNKNOWN).update(
        state=DeliveryState.QUEUED, next_at=at, attempts=F("attempts") - 1
    )
    return len(taken), len(missing)


def numbers_in(log: str) -> set[str]:
    """Return every number of ours that stands in a text, such as `4711-0123456789abcdef` in a Message-ID."""
    return {found.group(0) for found in NUMBER.finditer(log)}
