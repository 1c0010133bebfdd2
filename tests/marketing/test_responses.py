"""What comes back: a word of no counts at once, nothing personal is kept that may not be, nobody forges an event."""

import json
import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.services.consents import may_contact, record_consent
from marketing.models import Click, Link, Response
from marketing.services.advancing import advance_campaigns
from marketing.services.parcels import number_of
from service.rules.signatures import sign
from tests.factories.campaigns import CampaignFactory, ProviderFactory, awake, reachable, scheduled

pytestmark = pytest.mark.django_db
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}


@pytest.fixture
def recipient():
    awake()
    campaign = CampaignFactory()
    reachable(campaign.segment, 1)
    scheduled(campaign)
    advance_campaigns(at=campaign.starts_at + timedelta(seconds=1))
    return campaign.recipients.get()


def personalised(customer):
    from customers.models import Notice

    now = timezone.now()
    record_consent(
        actor=None, customer_id=customer.pk, purpose="personalised", channel="any", given=True, origin="app", at=now,
        now=now, notice=Notice.objects.filter(purpose="personalised").first(),
    )  # fmt: skip


def agrees(recipient):
    return may_contact(customer=recipient.customer, purpose="marketing", channel="email", at=timezone.now())


def test_opening_the_page_keeps_nothing_and_a_post_is_their_word(client, recipient):
    url = reverse("unsubscribe", args=[recipient.token])

    assert client.get(url).status_code == 200
    assert agrees(recipient)
    assert client.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200

    assert not agrees(recipient)
    assert Response.objects.get().kind == "unsubscribed"
    client.post(url)
    assert recipient.customer.consents.filter(given=False).count() == 1


@pytest.mark.parametrize("token", ["0" * 32, "x", "%00", "a" * 400, "'; DROP TABLE"])
def test_a_token_that_is_nobodys_tells_nothing(client, token):
    assert client.post(f"/u/{token}/").status_code in (404, 400)


def test_opening_is_kept_of_those_alone_who_agreed(client, recipient):
    url = reverse("message_opened", args=[recipient.token])

    assert client.get(url).content.startswith(b"GIF89a")
    assert not Response.objects.exists()
    personalised(recipient.customer)
    client.get(url)
    client.get(url)

    assert [one.kind for one in Response.objects.all()] == ["opened"]


@pytest.fixture
def link(recipient):
    message = recipient.campaign.variants.get().message
    return Link.objects.create(
        message=message, code="abcdef012345", url="https://example.com/a?x=1", created_at=timezone.now()
    )


def test_a_link_leads_where_it_says_and_nowhere_else(client, recipient, link):
    answer = client.get(f"/l/{link.code}/{recipient.token}/?next=https://evil.example", headers=BROWSER)

    assert answer.status_code == 302
    assert answer["Location"] == (
        f"https://example.com/a?x=1&utm_source=meridian&utm_medium=email&utm_campaign={recipient.campaign.reference}"
    )
    assert client.get("/l/000000000000/", headers=BROWSER).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [{"User-Agent": "Googlebot/2.1"}, {}, {**BROWSER, "Sec-Purpose": "prefetch"}, {"User-Agent": "curl/8"}],
)
def test_programs_that_look_count_for_nothing(client, recipient, link, headers):
    client.get(f"/l/{link.code}/{recipient.token}/", headers=headers)
    client.head(f"/l/{link.code}/{recipient.token}/", headers=BROWSER)

    assert not Click.objects.exists()


def test_a_click_names_the_person_only_where_they_agreed(client, recipient, link):
    client.get(f"/l/{link.code}/{recipient.token}/", headers=BROWSER)
    personalised(recipient.customer)
    client.get(f"/l/{link.code}/{recipient.token}/", headers=BROWSER)

    assert [one.recipient_id for one in Click.objects.order_by("pk")] == [None, recipient.pk]


@pytest.fixture
def told(client, recipient, settings):
    settings.GATEWAYS = {"sms": {"url": "https://gateway.example", "secret": "shared"}}
    provider = ProviderFactory(sms=True)
    recipient.campaign.provider = provider
    recipient.campaign.__class__.objects.filter(pk=recipient.campaign_id).update(provider=provider)

    def tell(events, key="shared", at=None):
        body, now = json.dumps({"events": events}).encode(), at or int(time.time())
        headers = {"X-Meridian-Timestamp": str(now), "X-Meridian-Signature": sign(body, key=key, at=now)}
        return client.post(
            reverse("provider_hook", args=[provider.code]), body, content_type="application/json", headers=headers
        )

    return tell


def test_a_provider_tells_once_what_became_of_a_message(told, recipient):
    event = {
        "id": number_of(recipient.pk, recipient.token), "kind": "complained", "at": timezone.now().isoformat(),
    }  # fmt: skip

    assert told([event]).json() == {"new": 1, "known": 0, "unknown": 0}
    assert told([event]).json() == {"new": 0, "known": 1, "unknown": 0}
    assert told([{**event, "id": f"{recipient.pk}-{'0' * 16}"}]).json()["unknown"] == 1


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([{"id": "1-0000000000000000", "kind": "paid", "at": "2026-11-26T00:00:00+00:00"}], 422),
        ([{"id": "1", "kind": "opened", "at": "2026-11-26T00:00:00"}], 400),
        ([{"kind": "opened"}], 400),
        ("nothing", 400),
    ],
)
def test_what_no_provider_tells_is_refused_with_a_sentence(told, events, status):
    assert told(events).status_code == status


def test_without_the_key_nothing_is_taken(told, recipient):
    assert told([], key="other").status_code == 401
    assert told([], at=1).status_code == 401
