"""Sending: everybody once, nobody who may not, whatever the provider does and whoever is killed."""

import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone
from psycopg import connect
from psycopg.errors import LockNotAvailable

from marketing.models import Delivery, Send
from marketing.services import audiences
from marketing.services.advancing import advance_campaigns
from marketing.services.reconciling import ask_providers, reconcile_by_log
from marketing.services.sending import send_campaign
from marketing.services.settling import end_leases
from tests.factories.campaigns import (
    CampaignFactory,
    ProviderFactory,
    SegmentFactory,
    awake,
    join,
    reachable,
    rule,
    scheduled,
)
from tests.killed import run_and_die

pytestmark = pytest.mark.django_db(transaction=True)


def begun(campaign):
    """A campaign whose time has come, its audience drawn."""
    scheduled(campaign)
    at = campaign.starts_at + timedelta(seconds=1)
    assert advance_campaigns(at=at) in ([campaign.pk], [])
    return lambda: max(at, timezone.now() + timedelta(minutes=2))


@pytest.fixture(autouse=True)
def _awake():
    awake()


def a_campaign(post, n=5, **fields):
    campaign = CampaignFactory(provider=ProviderFactory(port=post.port), **fields)
    reachable(campaign.segment, n)
    return campaign


def test_everybody_in_the_audience_gets_one_mail_at_a_real_server(post):
    campaign = a_campaign(post, 5)
    now = begun(campaign)

    assert send_campaign(campaign_id=campaign.pk, now=now) == 5

    assert sorted(to for _sender, to, _number in post.taken) == [f"customer{i}@example.com" for i in range(5)]
    assert send_campaign(campaign_id=campaign.pk, now=now) == 0
    assert len(post.taken) == 5
    advance_campaigns(at=now())
    campaign.refresh_from_db()
    assert campaign.state == "finished"


def test_a_mail_names_both_ways_to_unsubscribe(post):
    from marketing.carriers import Parcel
    from marketing.carriers.smtp import write_letter

    letter = write_letter(
        ProviderFactory(port=post.port),
        Parcel(1, "1-abc", "a@example.com", "A\nBcc: x@y.z", "<p>Hi</p>", "Hi", "en", "https://x.example/u/t/"),
    ).decode()

    assert "List-Unsubscribe: <https://x.example/u/t/>" in letter
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in letter
    assert "\nBcc:" not in letter


def test_a_refused_address_fails_and_the_others_go_on(post):
    campaign = a_campaign(post, 3)
    reachable(campaign.segment, 1, email="refuse@example.com")
    now = begun(campaign)

    send_campaign(campaign_id=campaign.pk, now=now)

    assert len(post.taken) == 3
    failed = Send.objects.get(outcome="failed")
    assert "550" in failed.reason


def test_who_withdraws_after_the_audience_was_drawn_gets_nothing(post):
    from customers.services.consents import record_consent

    campaign = a_campaign(post, 2)
    now = begun(campaign)
    leaver = campaign.recipients.order_by("pk").first().customer
    at = timezone.now()
    record_consent(
        actor=None,
        customer_id=leaver.pk,
        purpose="marketing",
        channel="email",
        given=False,
        origin="app",
        at=at,
        now=at,
    )

    send_campaign(campaign_id=campaign.pk, now=now)

    assert len(post.taken) == 1
    assert Send.objects.get(customer=leaver).reason == "no_consent"


def test_nothing_goes_out_at_night_where_the_customer_lives(post):
    campaign = a_campaign(post, 0)
    reachable(campaign.segment, 1, jurisdiction="CN")
    reachable(campaign.segment, 1, jurisdiction="US", email="us@example.com")
    for place in ("", "US"):
        rule("quiet_from", 1260, place)
        rule("quiet_until", 480, place)
    scheduled(campaign)
    noon_in_china = (campaign.starts_at + timedelta(days=1)).replace(hour=4, minute=0)
    advance_campaigns(at=noon_in_china)

    send_campaign(campaign_id=campaign.pk, now=lambda: noon_in_china)

    assert [to for _sender, to, _number in post.taken] == ["customer0@example.com"]
    waiting = Delivery.objects.get(state="queued")
    assert waiting.next_at.astimezone(ZoneInfo("America/Los_Angeles")).hour == 8
    send_campaign(campaign_id=campaign.pk, now=lambda: waiting.next_at)
    assert len(post.taken) == 2


@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize(
    "victim",
    [
        "marketing.services.sending._claim",
        "marketing.services.sending._look_again",
        "marketing.services.sending.parcels_of",
        "marketing.services.sending._settle_and_mark",
        "marketing.services.settling.keep",
        "marketing.services.sending.settle",
    ],
)
def test_a_killed_sender_doubles_nothing_and_loses_nothing(post, victim, after):
    campaign = a_campaign(post, 6)
    now = begun(campaign)
    run_and_die(
        f"""
import time
from datetime import timedelta
from marketing.services.sending import send_campaign
send_campaign(campaign_id={campaign.pk}, now=lambda: timezone.now() + timedelta(minutes=2))
""",
        at=victim, after=after,
    )  # fmt: skip

    later = now() + timedelta(minutes=10)
    end_leases(at=later)
    send_campaign(campaign_id=campaign.pk, now=lambda: later)
    if Delivery.objects.unknown().exists():
        reconcile_by_log(actor=campaign.owner, campaign_id=campaign.pk, log=post.log, at=later)
        send_campaign(campaign_id=campaign.pk, now=lambda: later)

    assert sorted(to for _sender, to, _number in post.taken) == [f"customer{i}@example.com" for i in range(6)]
    assert not Delivery.objects.exclude(state="sent").exists()


def an_sms_campaign(n=3):
    campaign = CampaignFactory(provider=ProviderFactory(sms=True))
    reachable(campaign.segment, n, channel="sms")
    return campaign


def test_a_gateway_that_asks_for_less_is_left_alone_and_nothing_is_lost(gateway):
    campaign = an_sms_campaign()
    now = begun(campaign)
    gateway.behave("limit")

    assert send_campaign(campaign_id=campaign.pk, now=now) == 0

    assert set(Delivery.objects.values_list("state", "attempts")) == {("queued", 0)}
    assert (campaign.provider.pace.blocked_until - now()).total_seconds() == pytest.approx(7, abs=2)
    gateway.behave("well")
    assert send_campaign(campaign_id=campaign.pk, now=lambda: now() + timedelta(seconds=10)) == 3


@pytest.mark.parametrize("how", ["fail", "lie"])
def test_an_answer_that_proves_nothing_leaves_it_unknown_until_the_gateway_is_asked(gateway, how):
    campaign = an_sms_campaign()
    now = begun(campaign)
    gateway.behave(how)

    send_campaign(campaign_id=campaign.pk, now=now)

    assert set(Delivery.objects.values_list("state", flat=True)) == {"unknown"}
    gateway.behave("well")
    assert ask_providers(at=now()) == 3
    send_campaign(campaign_id=campaign.pk, now=now)
    assert len({number for number, *_rest in gateway.taken}) == len(gateway.taken) == 3
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_a_gateway_that_takes_and_hangs_is_given_it_once(gateway, monkeypatch):
    monkeypatch.setattr("marketing.carriers.webhook.SECONDS", 0.3)
    campaign = an_sms_campaign(1)
    now = begun(campaign)
    gateway.behave("hang")

    send_campaign(campaign_id=campaign.pk, now=now)

    assert Delivery.objects.get().state == "unknown"
    gateway.behave("well")
    ask_providers(at=now())
    assert Delivery.objects.get().state == "sent"
    assert len(gateway.taken) == 1


def test_too_many_failures_pause_the_campaign(gateway):
    campaign = an_sms_campaign(30)
    now = begun(campaign)
    gateway.behave("refuse")

    send_campaign(campaign_id=campaign.pk, now=now)
    advance_campaigns(at=now())

    campaign.refresh_from_db()
    assert campaign.state == "paused"
    assert "30 of the newest 30" in campaign.state_why


def test_a_slow_pace_is_kept_and_waited_for(post):
    campaign = CampaignFactory(provider=ProviderFactory(port=post.port, per_second=5))
    reachable(campaign.segment, 8)
    at = begun(campaign)()
    began = time.monotonic()

    sent = send_campaign(campaign_id=campaign.pk, now=lambda: at + timedelta(seconds=time.monotonic() - began))

    assert sent == 8
    assert 0.4 <= time.monotonic() - began < 20


def test_waiting_for_the_morning_is_no_attempt(post):
    campaign = a_campaign(post, 1)
    scheduled(campaign)
    at = campaign.starts_at + timedelta(seconds=1)
    advance_campaigns(at=at)
    rule("quiet_from", 0)
    rule("quiet_until", 1439)

    send_campaign(campaign_id=campaign.pk, now=lambda: at)

    assert Delivery.objects.get().attempts == 0
    assert post.taken == []


def test_nobody_enters_while_a_triggered_campaign_looks(monkeypatch):
    """A refresh is seen whole or is later than what was seen: whoever wants the segment meanwhile has to wait."""
    campaign = CampaignFactory(kind="triggered")
    scheduled(campaign)
    join(campaign.segment, reachable(SegmentFactory(), 1)[0], at=campaign.starts_at + timedelta(minutes=1))
    refused = []

    def drawn(*args):
        with pytest.raises(LockNotAvailable), connect(**connection.get_connection_params()) as other:
            other.execute("SELECT FROM marketing_segment WHERE id = %s FOR UPDATE NOWAIT", [campaign.segment_id])
        refused.append(True)
        return draw(*args)

    draw = audiences._draw
    monkeypatch.setattr(audiences, "_draw", drawn)
    advance_campaigns(at=campaign.starts_at + timedelta(minutes=2))

    assert (refused, campaign.recipients.count()) == ([True], 1)
