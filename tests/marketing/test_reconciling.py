"""What killed senders leave and what a log says: many messages at once, and of each what is true of that one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketing.models import Delivery, Send
from marketing.services.advancing import advance_campaigns
from marketing.services.parcels import number_of
from marketing.services.reconciling import reconcile_by_log
from marketing.services.settling import end_leases
from tests.factories.campaigns import CampaignFactory, ProviderFactory, awake, reachable, scheduled

pytestmark = pytest.mark.django_db


def drawn(n, **fields):
    """The deliveries of a campaign whose audience was drawn, in order."""
    awake()
    campaign = CampaignFactory(**fields)
    reachable(campaign.segment, n, channel=campaign.provider.channel)
    scheduled(campaign)
    advance_campaigns(at=campaign.starts_at + timedelta(seconds=1))
    return list(campaign.deliveries.select_related("recipient", "campaign").order_by("pk"))


def left(deliveries, *states, until=None):
    """Leave each delivery in a state, as a worker of its own did."""
    for n, (one, state) in enumerate(zip(deliveries, states, strict=True)):
        Delivery.objects.filter(pk=one.pk).update(state=state, worker=f"w-{n}", attempts=2, lease_until=until)


def stand(deliveries):
    found = dict(Delivery.objects.values_list("pk", "state"))
    return [found[one.pk] for one in deliveries]


def numbers(*deliveries):
    return " ".join(f"<{number_of(one.pk, one.recipient.token)}@example.com>" for one in deliveries)


def test_a_log_settles_each_message_by_what_it_says_of_that_one():
    some, others = drawn(4), drawn(1)
    left(some, *["unknown"] * 4)
    left(others, "unknown")
    campaign, at = some[0].campaign, timezone.now()

    # The log of one server names messages of other campaigns too.
    counted = reconcile_by_log(
        actor=campaign.owner, campaign_id=campaign.pk, log=numbers(some[0], some[2], *others), at=at
    )

    assert counted == (2, 2)
    assert stand(some) == ["sent", "queued", "sent", "queued"]
    assert stand(others) == ["unknown"]
    again = Delivery.objects.filter(state="queued").values_list("pk", "attempts", "next_at")
    assert list(again.order_by("pk")) == [(some[1].pk, 1, at), (some[3].pk, 1, at)]
    kept = Send.objects.order_by("recipient").values_list("recipient", "customer", "outcome", "reason")
    assert list(kept) == [
        (one.pk, one.customer_id, "sent", "In the log of the provider.") for one in (some[0], some[2])
    ]


def test_what_was_settled_already_is_not_settled_again():
    some = drawn(3)
    left(some, "sent", "failed", "unknown")
    campaign = some[0].campaign

    counted = reconcile_by_log(
        actor=campaign.owner, campaign_id=campaign.pk, log=numbers(some[0], some[1]), at=timezone.now()
    )

    assert counted == (0, 1)
    assert stand(some) == ["sent", "failed", "queued"]
    assert not Send.objects.exists()


def test_leases_that_are_over_end_each_as_its_message_stood():
    at = timezone.now()
    mails, texts = drawn(5), drawn(3, provider=ProviderFactory(sms=True))
    left(mails[:4], "claimed", "sending", "sending", "sent", until=at - timedelta(seconds=1))
    left(texts[:2], "sending", "claimed", until=at - timedelta(seconds=1))
    left([mails[4], texts[2]], "sending", "claimed", until=at + timedelta(minutes=1))

    assert end_leases(at=at) == (2, 3)

    assert stand(mails) == ["queued", "unknown", "unknown", "sent", "sending"]
    assert stand(texts) == ["unknown", "queued", "claimed"]
    kept = Send.objects.order_by("recipient").values_list("recipient", "campaign", "channel", "outcome")
    assert list(kept) == [
        *((one.pk, one.campaign_id, "email", "unknown") for one in mails[1:3]),
        (texts[0].pk, texts[0].campaign_id, "sms", "unknown"),
    ]
    assert end_leases(at=at) == (0, 0)
