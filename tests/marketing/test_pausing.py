"""Stopped in the middle of a batch: nothing more goes out, what waited goes back, and going on doubles nobody."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from marketing.carriers import carrier_of
from marketing.models import Delivery, Response, Send
from marketing.services.advancing import advance_campaigns
from marketing.services.campaigns import cancel_campaign, pause_campaign, resume_campaign
from marketing.services.contents import write_text
from marketing.services.sending import send_campaign
from tests.factories.campaigns import CampaignFactory, ProviderFactory, awake, reachable, rule, scheduled
from tests.marketing.test_sending import begun

pytestmark = pytest.mark.django_db(transaction=True)


class Interrupted:
    """A carrier that lets something happen as soon as it has handed over the third message."""

    def __init__(self, provider, act, at_once):
        self.carrier, self.act, self.at_once, self.handed = carrier_of(provider), act, at_once, 0

    def hand_over(self, parcels):
        answers = self.carrier.hand_over(parcels)
        self.handed += len(parcels)
        if self.handed == 3:
            self.act()
        return answers

    def close(self):
        self.carrier.close()


def pause(campaign):
    pause_campaign(actor=campaign.owner, campaign_id=campaign.pk, reason="A wrong figure", at=timezone.now())


def cancel(campaign):
    cancel_campaign(actor=campaign.owner, campaign_id=campaign.pk, reason="A wrong figure", at=timezone.now())


def edit(campaign):
    """As somebody does who mends a text; the sign-off is void with it."""
    message = campaign.variants.get().message
    write_text(
        actor=message.owner, message_id=message.pk, language="en", subject="Mended", body="Mended {{unsubscribe_url}}",
        at=timezone.now(),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _awake():
    awake()


@pytest.fixture
def campaign(post):
    made = CampaignFactory(provider=ProviderFactory(port=post.port))
    reachable(made.segment, 7)
    return made


def interrupted(campaign, act, at_once=1):
    """Send until the third message, when somebody acts; return how many were handed over."""
    now = begun(campaign)
    carrier = Interrupted(campaign.provider, lambda: act(campaign), at_once)
    return send_campaign(campaign_id=campaign.pk, now=now, carrier=carrier), now


@pytest.mark.parametrize("act", [pause, edit, cancel])
@pytest.mark.parametrize("at_once", [1, 3])
def test_nothing_goes_out_after_it_was_stopped(post, campaign, act, at_once):
    sent, now = interrupted(campaign, act, at_once)

    assert (sent, len(post.taken), Send.objects.filter(outcome="sent").count()) == (3, 3, 3)
    assert not Delivery.objects.filter(state__in=["claimed", "sending"]).exists()
    assert send_campaign(campaign_id=campaign.pk, now=now) == 0
    assert len(post.taken) == 3


def test_what_was_not_sent_is_back_in_the_queue_as_if_it_had_not_been_tried(campaign):
    interrupted(campaign, pause)

    told = Delivery.objects.order_by("recipient").values_list("state", "attempts", "lease_until")
    assert list(told) == [("sent", 1, None)] * 3 + [("queued", 0, None)] * 4


@pytest.mark.parametrize("at_once", [1, 3])
def test_going_on_sends_to_each_exactly_once(post, campaign, at_once):
    _sent, now = interrupted(campaign, pause, at_once)

    resume_campaign(actor=campaign.owner, campaign_id=campaign.pk, at=now())

    assert send_campaign(campaign_id=campaign.pk, now=lambda: now() + timedelta(seconds=1)) == 4
    assert sorted(to for _sender, to, _number in post.taken) == [f"customer{i}@example.com" for i in range(7)]
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}
    assert Send.objects.count() == 7


def test_what_comes_back_to_a_cancelled_campaign_is_not_sent_and_says_why(campaign):
    _sent, now = interrupted(campaign, cancel)

    advance_campaigns(at=now())

    assert Delivery.objects.filter(state="skipped").count() == 4
    assert Send.objects.filter(outcome="skipped", reason="stopped").count() == 4


def test_after_the_gateway_was_mended_the_failures_before_count_no_more(gateway, monkeypatch):
    monkeypatch.setattr("marketing.services.sending.BATCH", 25)
    campaign = CampaignFactory(provider=ProviderFactory(sms=True, per_second=25))
    reachable(campaign.segment, 30, channel="sms")
    now = begun(campaign)
    gateway.behave("refuse")
    at = now()
    send_campaign(campaign_id=campaign.pk, now=lambda: at, seconds=0.1)
    advance_campaigns(at=at)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.state_why) == ("paused", "25 of the newest 25 messages failed.")

    gateway.behave("well")
    resume_campaign(actor=campaign.owner, campaign_id=campaign.pk, at=at)
    later = at + timedelta(seconds=5)
    advance_campaigns(at=later)

    assert send_campaign(campaign_id=campaign.pk, now=lambda: later) == 5
    campaign.refresh_from_db()
    assert campaign.state == "running"


def test_what_is_reported_as_spam_stops_and_is_not_resumed(post):
    """What happened does not become less by waiting, so whoever resumes it is told at once."""
    campaign = CampaignFactory(provider=ProviderFactory(port=post.port))
    reachable(campaign.segment, 20)
    now = begun(campaign)
    send_campaign(campaign_id=campaign.pk, now=now)
    for one in campaign.recipients.all()[:2]:
        Response.objects.create(recipient=one, campaign=campaign, customer=one.customer, kind="complained", at=now())
    advance_campaigns(at=now())
    campaign.refresh_from_db()
    assert (campaign.state, campaign.state_why) == ("paused", "2 of 20 people reported it as spam.")

    with pytest.raises(ValidationError, match="It would stop again at once: 2 of 20 people reported it as spam."):
        resume_campaign(actor=campaign.owner, campaign_id=campaign.pk, at=now())


def test_a_campaign_that_nobody_entered_finishes_at_its_end():
    campaign = CampaignFactory(kind="triggered", ends_at=timezone.now() + timedelta(days=1))
    scheduled(campaign)
    advance_campaigns(at=campaign.ends_at - timedelta(seconds=1))
    campaign.refresh_from_db()
    assert campaign.state == "running"

    advance_campaigns(at=campaign.ends_at)

    campaign.refresh_from_db()
    assert (campaign.state, campaign.rounds.count()) == ("finished", 0)


@pytest.mark.parametrize("at_once", [1, 3])
def test_two_campaigns_at_once_do_not_write_more_than_is_allowed(post, campaign, at_once):
    """The second is drawn and sent while the first is in the middle of a batch that was looked at before."""
    rule("cap_week", 1)
    soon = timezone.now() + timedelta(seconds=90)
    first_of_all = CampaignFactory(
        segment=campaign.segment, provider=ProviderFactory(port=post.port), priority=1, starts_at=soon
    )
    scheduled(first_of_all)
    moment = lambda minutes=2: timezone.now() + timedelta(minutes=minutes, seconds=1)  # noqa: E731

    def write(_campaign):
        advance_campaigns(at=moment())
        assert send_campaign(campaign_id=first_of_all.pk, now=moment) == 4

    sent, _now = interrupted(campaign, write, at_once)
    assert sent == 3
    for minutes in (3, 4):
        later = moment(minutes)
        advance_campaigns(at=later)
        for one in (campaign, first_of_all):
            send_campaign(campaign_id=one.pk, now=lambda later=later: later)

    assert sorted(to for _sender, to, _number in post.taken) == [f"customer{i}@example.com" for i in range(7)]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent", "skipped"}
    assert set(Send.objects.filter(outcome="skipped").values_list("reason", flat=True)) <= {"capped", "outbid"}


@pytest.mark.parametrize(
    ("budget", "state", "sent"), [("0.29", "paused", 0), ("0.30", "running", 3), ("0", "running", 3)]
)
def test_nothing_of_a_round_that_costs_more_than_the_budget_goes_out(post, budget, state, sent):
    """Two messages went out yesterday and three wait, each at 0.05, beside costs of 0.05: together 0.30."""
    rule("cap_week", 100)
    provider = ProviderFactory(port=post.port, price="0.05")
    campaign = CampaignFactory(provider=provider, kind="recurring", every="day", budget=budget, fixed_cost="0.05")
    reachable(campaign.segment, 2)
    assert send_campaign(campaign_id=campaign.pk, now=begun(campaign)) == 2
    reachable(campaign.segment, 1)
    tomorrow = campaign.starts_at + timedelta(days=1, minutes=5)

    advance_campaigns(at=tomorrow)

    campaign.refresh_from_db()
    assert (campaign.state, "CNY\u00a00.30" in campaign.state_why) == (state, state == "paused")
    assert send_campaign(campaign_id=campaign.pk, now=lambda: tomorrow) == sent
