import uuid
from datetime import timedelta

import factory
from django.utils import timezone

from customers.models import Consent, Notice
from marketing.models import (
    Campaign,
    CampaignRound,
    CampaignVariant,
    ContactRule,
    Message,
    MessageText,
    Provider,
    Recipient,
    Segment,
    SegmentMember,
    Send,
)
from marketing.services.campaigns import schedule_campaign
from marketing.services.signoffs import ask_sign_off, decide_sign_off
from tests.factories.customers import CustomerFactory
from tests.factories.staff import UserFactory, past_the_guards


class ProviderFactory(factory.django.DjangoModelFactory):
    """A mail server on this machine; `ProviderFactory(sms=True)` a gateway, `ProviderFactory(app=True)` the inbox."""

    class Meta:
        model = Provider

    class Params:
        sms = factory.Trait(channel="sms", kind="webhook", gateway="sms", host="", from_address="")
        app = factory.Trait(channel="inapp", kind="inbox", host="", from_address="")

    code = factory.Sequence(lambda n: f"provider-{n}")
    name = factory.Sequence(lambda n: f"Provider {n}")
    channel = "email"
    kind = "smtp"
    host = "127.0.0.1"
    port = 2525
    security = "none"
    from_name = "Example Finance"
    from_address = "news@example.com"
    per_second = 100_000
    price = "0.01"


class MessageFactory(factory.django.DjangoModelFactory):
    """A message in English, ready to be signed off."""

    class Meta:
        model = Message
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"message-{n}")
    name = factory.Sequence(lambda n: f"Message {n}")
    channel = "email"
    owner = factory.SubFactory(UserFactory, role="marketing")
    created_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def texts(self, create, extracted, **kwargs):
        body = extracted or "Dear {{name}}, we have news.\n\nNo more of these: {{unsubscribe_url}}"
        MessageText.objects.create(message=self, language="en", subject="News", body=body)


class SegmentFactory(factory.django.DjangoModelFactory):
    """A list that nobody is on yet; `SegmentFactory(kind="suppression")` one that nobody on is written to."""

    class Meta:
        model = Segment

    code = factory.Sequence(lambda n: f"segment-{n}")
    name = factory.Sequence(lambda n: f"Segment {n}")
    kind = "list"
    owner = factory.SubFactory(UserFactory, role="marketing")
    created_at = factory.LazyFunction(timezone.now)


class CampaignFactory(factory.django.DjangoModelFactory):
    """A draft that starts in a minute, one variant, nobody held out."""

    class Meta:
        model = Campaign
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Campaign {n}")
    objective = "More customers save every month."
    owner = factory.SubFactory(UserFactory, role="marketing")
    created_by = factory.SelfAttribute("owner")
    created_at = factory.LazyFunction(timezone.now)
    segment = factory.SubFactory(SegmentFactory)
    provider = factory.SubFactory(ProviderFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=1))
    salt = factory.Sequence(lambda n: f"salt-{n}")
    holdout = 0

    @factory.post_generation
    def variants(self, create, extracted, **kwargs):
        for letter, message in zip("ABC", extracted or [None], strict=False):
            CampaignVariant.objects.create(
                campaign=self, code=letter, share=10_000 // len(extracted or [None]),
                message=message or MessageFactory(channel=self.provider.channel),
            )  # fmt: skip
        self.refresh_from_db()


def agreed(customer, channel="email", at=None):
    """A customer's yes to marketing."""
    at = at or timezone.now() - timedelta(days=30)
    return Consent.objects.create(
        customer=customer, purpose="marketing", channel=channel, given=True, at=at, origin="app", recorded_at=at,
        notice=Notice.objects.filter(purpose="marketing", language="en").first(),
    )  # fmt: skip


def reachable(segment, n=1, channel="email", **fields):
    """Customers in a segment who agreed and can be reached."""
    made = []
    for i in range(n):
        fields.setdefault("phone", "13800000000")
        customer = CustomerFactory(**{"email": f"customer{i}@example.com", "language": "en", **fields})
        agreed(customer, channel)
        join(segment, customer)
        made.append(customer)
    return made


def join(segment, customer, at=None):
    """Put a customer on a list as a refresh would: the segment's clock moves with it."""
    at = at or timezone.now()
    Segment.objects.filter(pk=segment.pk).update(refreshed_at=at)
    return SegmentMember.objects.create(segment=segment, customer=customer, entered_at=at)


def signed(campaign, at=None):
    """Have a campaign signed off by somebody of compliance."""
    at = at or timezone.now()
    asked = ask_sign_off(actor=campaign.owner, campaign_id=campaign.pk, at=at)
    decide_sign_off(
        actor=UserFactory(role="compliance"), sign_off_id=asked.pk, sha256=asked.sha256, approve=True, note="", at=at
    )
    campaign.refresh_from_db()
    return campaign


def scheduled(campaign, at=None):
    at = at or timezone.now()
    signed(campaign, at)
    schedule_campaign(actor=campaign.owner, campaign_id=campaign.pk, at=at)
    campaign.refresh_from_db()
    return campaign


def written_to(customer, days, channel="sms"):
    """A message of a campaign of its own that a customer got so many days ago."""
    at = timezone.now() - timedelta(days=days)
    campaign = scheduled(CampaignFactory(provider=ProviderFactory(sms=True)))
    drawn = CampaignRound.objects.create(
        campaign=campaign, number=1, sign_off=campaign.sign_off, planned_at=at, drawn_at=at
    )
    recipient = Recipient.objects.create(
        round=drawn, campaign=campaign, customer=customer, token=uuid.uuid4().hex, at=at
    )
    return Send.objects.create(
        recipient=recipient, campaign=campaign, customer=customer, channel=channel, outcome="sent", at=at
    )


def rule(code, value, jurisdiction=""):
    """A rule of contact with another value."""
    with past_the_guards():
        ContactRule.objects.filter(code=code, jurisdiction=jurisdiction).update(value=value)


def awake():
    """No quiet hours, nobody held out of everything: a test runs at any time, and whoever it makes is written to."""
    rule("quiet_from", 0)
    rule("quiet_until", 0)
    rule("holdout", 0)
