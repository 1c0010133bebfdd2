"""A campaign from its first word to the last mail, by the pages that people use: refused for a promise, mended, signed off,
voided by one edit, signed off again, run, killed in the middle, finished; every recipient one mail, counted at the server."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from marketing.models import Campaign, Delivery, Message, Segment
from marketing.services.advancing import advance_campaigns
from marketing.services.sending import send_campaign
from marketing.services.settling import end_leases
from tests.factories import UserFactory
from tests.factories.campaigns import ProviderFactory, awake, reachable
from tests.killed import run_and_die

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 12
PROMISE = "Dear {{name}}, a guaranteed return awaits you.\n\n{{unsubscribe_url}}"
HONEST = "Dear {{name}}, see what a plan may bring, and what you may lose.\n\n{{unsubscribe_url}}"


@pytest.fixture
def marketer():
    return UserFactory(role="marketing")


@pytest.fixture
def officer():
    return UserFactory(role="compliance")


def page(client, user, name, *args, data=None):
    client.force_login(user)
    url = reverse(f"marketing:{name}", args=args)
    return client.get(url) if data is None else client.post(url, data)


def write(client, marketer, body):
    return page(client, marketer, "text_write", "spring", "en", data={"subject": "Spring", "body": body})


def planned(client, marketer, provider, segment):
    starts = timezone.localtime(timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    answer = page(client, marketer, "campaign_create", data={
        "name": "Spring", "objective": "More plans", "owner": marketer.pk, "kind": "once", "segment": segment.pk,
        "provider": provider.pk, "purpose": "marketing", "priority": 5, "starts_at": starts, "conversion": "deposit",
        "conversion_days": 14, "tracking": "person", "budget": 100, "currency": "CNY", "fixed_cost": 0,
        "holdout_percent": 0,
    })  # fmt: skip
    assert answer.status_code == 302, answer.context["form"].errors
    campaign = Campaign.objects.get()
    message = Message.objects.get(code="spring")
    page(client, marketer, "campaign_variants", campaign.reference, data={"message_A": message.pk, "share_A": 100})
    return campaign


def signed_off(client, marketer, officer, campaign):
    page(client, marketer, "ask_sign_off", campaign.reference, data={})
    waiting = campaign.sign_offs.filter(state="waiting").first()
    if waiting is None:
        return False
    shown = page(client, officer, "sign_off", campaign.reference)
    assert waiting.sha256 in shown.content.decode()
    page(client, officer, "sign_off_decide", campaign.reference, data={"sha256": waiting.sha256, "verdict": "approve"})
    campaign.refresh_from_db()
    return campaign.state == "approved"


def test_a_campaign_from_its_first_word_to_the_last_mail(client, post, marketer, officer):
    awake()
    segment = Segment.objects.create(
        code="everybody", name="Everybody", kind="list", owner=marketer, created_at=timezone.now()
    )
    reachable(segment, PEOPLE)
    page(client, marketer, "message_create", data={
        "code": "spring", "name": "Spring", "channel": "email", "purpose": "marketing", "owner": marketer.pk,
    })  # fmt: skip
    write(client, marketer, PROMISE)
    campaign = planned(client, marketer, ProviderFactory(port=post.port), segment)

    assert not signed_off(client, marketer, officer, campaign)
    assert "guaranteed return" in page(client, marketer, "campaign_detail", campaign.reference).content.decode()
    write(client, marketer, HONEST)
    assert signed_off(client, marketer, officer, campaign)

    write(client, marketer, HONEST.replace("may lose", "can lose"))
    campaign.refresh_from_db()
    assert (campaign.state, campaign.sign_offs.first().state) == ("draft", "void")
    assert signed_off(client, marketer, officer, campaign)
    page(client, marketer, "campaign_schedule", campaign.reference, data={})
    campaign.refresh_from_db()
    assert campaign.state == "scheduled"

    at = campaign.starts_at + timedelta(seconds=1)
    assert advance_campaigns(at=at) == [campaign.pk]
    for after in (2, 3):
        run_and_die(
            f"""
from datetime import timedelta
from marketing.services.sending import send_campaign
send_campaign(campaign_id={campaign.pk}, now=lambda: timezone.now() + timedelta(hours=2))
""",
            at="marketing.services.sending._settle_and_mark", after=after,
        )  # fmt: skip
        end_leases(at=timezone.now() + timedelta(hours=3))
    later = timezone.now() + timedelta(hours=4)
    send_campaign(campaign_id=campaign.pk, now=lambda: later)
    assert Delivery.objects.unknown().exists()
    page(client, marketer, "campaign_reconcile", campaign.reference, data={"log": post.log})
    send_campaign(campaign_id=campaign.pk, now=lambda: later)
    advance_campaigns(at=later)

    assert sorted(to for _sender, to, _number in post.taken) == sorted(
        f"customer{i}@example.com" for i in range(PEOPLE)
    )
    campaign.refresh_from_db()
    assert campaign.state == "finished"
