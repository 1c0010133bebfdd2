"""What of money and offers stands between a campaign and its sign-off, and what stops one that runs."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from marketing.models import Delivery
from marketing.services.advancing import advance_campaigns
from marketing.services.campaign_checks import hurdles_to_sign_off
from marketing.services.offers import stop_offer
from marketing.services.sending import send_campaign
from marketing.services.signoffs import ask_sign_off
from tests.factories.campaigns import CampaignFactory, ProviderFactory, awake, reachable, scheduled
from tests.factories.offers import a_draft, an_offer

pytestmark = pytest.mark.django_db
NOW = timezone.now()
STARTS = NOW + timedelta(days=1)


def hurdles(**fields):
    """What is said of a campaign in CNY that starts tomorrow and is otherwise in order."""
    return hurdles_to_sign_off(CampaignFactory(starts_at=STARTS, **fields), NOW)


def stopped():
    offer = an_offer()
    return stop_offer(actor=offer.owner, offer_id=offer.pk, reason="The terms were wrong", at=NOW)


def test_a_provider_that_costs_money_costs_it_in_the_campaigns_currency():
    said = hurdles(provider=ProviderFactory(name="Post", price="0.01", currency="USD"))

    assert said == ["“Post” counts in USD, the campaign in CNY: choose one currency for both."]
    assert hurdles(provider=ProviderFactory(price="0.01", currency="CNY")) == []
    assert hurdles(provider=ProviderFactory(price="0.01", currency="USD"), currency="USD") == []


def test_the_currency_of_what_costs_nothing_is_the_same_to_all():
    assert hurdles(provider=ProviderFactory(price=0, currency="USD")) == []


def test_an_offer_gives_in_the_campaigns_currency():
    said = hurdles(offer=an_offer(currency="USD"))

    assert said == ["“Spring” counts in USD, the campaign in CNY: choose one currency for both."]
    assert hurdles(offer=an_offer(currency="CNY")) == []


def test_provider_and_offer_are_both_named():
    said = hurdles(provider=ProviderFactory(currency="EUR"), offer=an_offer(currency="USD"))

    assert [("EUR" in one, "USD" in one) for one in said] == [(True, False), (False, True)]


@pytest.mark.parametrize("made", [a_draft, stopped])
def test_an_offer_that_is_not_in_force_is_not_promised(made):
    assert hurdles(offer=made()) == ["The offer “Spring” is not in force: have it published first."]


@pytest.mark.parametrize(("after", "said"), [(-1, True), (0, True), (1, False)])
def test_an_offer_that_ends_before_the_start_is_not_promised(after, said):
    offer = an_offer(valid_until=STARTS + timedelta(seconds=after))

    assert hurdles(offer=offer) == (["The offer “Spring” ends before the campaign starts."] if said else [])


def test_what_stands_in_the_way_is_not_even_asked_for():
    campaign = CampaignFactory(offer=stopped())

    with pytest.raises(ValidationError, match="not in force"):
        ask_sign_off(actor=campaign.owner, campaign_id=campaign.pk, at=NOW)


@pytest.fixture
def running(db):
    """A campaign that runs with a message to go out; its offer ends an hour after its start."""
    awake()
    campaign = CampaignFactory(starts_at=STARTS, offer=an_offer(valid_until=STARTS + timedelta(hours=1)))
    reachable(campaign.segment, 1)
    scheduled(campaign)
    assert advance_campaigns(at=STARTS) == [campaign.pk]
    return campaign


def test_a_campaign_stops_when_its_offer_has_ended(running):
    ends = STARTS + timedelta(hours=1)
    assert advance_campaigns(at=ends - timedelta(seconds=1)) == [running.pk]

    assert advance_campaigns(at=ends) == []

    running.refresh_from_db()
    assert (running.state, running.state_why) == ("paused", "The offer “Spring” has ended.")
    assert running.sign_off is not None
    assert send_campaign(campaign_id=running.pk, now=lambda: ends) == 0
    assert Delivery.objects.get().state == "queued"


def test_a_campaign_stops_when_its_offer_was_stopped(running):
    stop_offer(actor=running.offer.owner, offer_id=running.offer_id, reason="The terms were wrong", at=STARTS)

    assert advance_campaigns(at=STARTS + timedelta(minutes=1)) == []

    running.refresh_from_db()
    assert (running.state, running.sign_off) == ("paused", None)
    assert "offer.stopped" in running.state_why
