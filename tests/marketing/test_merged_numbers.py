"""What was said to and by a number that leads to another customer now counts for the customer who is kept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Consent, Customer
from marketing.models import Response
from marketing.services.audiences import foresee, withheld_among
from tests.factories.campaigns import CampaignFactory, SegmentFactory, agreed, awake, join, reachable, rule, written_to
from tests.factories.customers import CustomerFactory
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def campaign():
    awake()
    return CampaignFactory()


@pytest.fixture
def kept(campaign):
    return reachable(campaign.segment, 1)[0]


@pytest.fixture
def gone(kept):
    """A number that leads to the customer who is kept."""
    made = CustomerFactory()
    with past_the_guards():
        Customer.objects.filter(pk=made.pk).update(merged_into=kept)
    return made


@pytest.fixture
def other(campaign):
    """Somebody else, whom none of it concerns."""
    return reachable(campaign.segment, 1, email="other@example.com")[0]


def left_out(campaign, kept, other):
    """Why the kept one is not written to, the same in a forecast and right before sending; the other one always is."""
    at = timezone.now()
    found = withheld_among(campaign, [kept.pk, other.pk], {kept.jurisdiction, other.jurisdiction}, at)
    assert set(found) <= {kept.pk}
    assert foresee(campaign, at).left_out == dict.fromkeys(found.values(), 1)
    return found.get(kept.pk)


def came_back(send, kind, days=1):
    Response.objects.create(
        recipient=send.recipient, campaign=send.campaign, customer_id=send.customer_id, kind=kind,
        at=timezone.now() - timedelta(days=days),
    )  # fmt: skip


@pytest.mark.parametrize(("own", "of_gone", "reason"), [(0, 2, "capped"), (1, 1, "capped"), (0, 1, None), (1, 0, None)])
def test_what_both_numbers_got_is_capped_together(campaign, kept, gone, other, own, of_gone, reason):
    for customer, n in ((kept, own), (gone, of_gone)):
        for day in range(n):
            written_to(customer, days=1 + day)

    assert left_out(campaign, kept, other) == reason


def test_silence_to_both_numbers_tires_and_an_answer_of_either_ends_it(campaign, kept, gone, other):
    rule("fatigue", 3)
    sends = [
        written_to(customer, days) for customer, days in ((gone, 8), (gone, 9), (kept, 10), (gone, 11), (gone, 12))
    ]
    assert left_out(campaign, kept, other) == "fatigued"

    came_back(sends[0], "opened")

    assert left_out(campaign, kept, other) is None


@pytest.mark.parametrize("kind", ["bounced", "complained"])
def test_an_address_that_failed_under_the_old_number_is_left_alone(campaign, kept, gone, other, kind):
    send = written_to(gone, days=100, channel="email")

    came_back(send, kind)

    assert left_out(campaign, kept, other) == "bounced"


def test_a_no_under_the_old_number_is_a_no(campaign, kept, gone, other):
    agreed(gone)
    assert left_out(campaign, kept, other) is None

    Consent.objects.create(
        customer=gone, purpose="marketing", channel="any", given=False, at=NOW, origin="app", recorded_at=NOW
    )

    assert left_out(campaign, kept, other) == "no_consent"


def test_a_yes_under_the_old_number_is_a_yes(campaign, other):
    silent, gone = CustomerFactory(email="silent@example.com"), CustomerFactory()
    join(campaign.segment, silent)
    assert left_out(campaign, silent, other) == "no_consent"

    agreed(gone)
    with past_the_guards():
        Customer.objects.filter(pk=gone.pk).update(merged_into=silent)

    assert left_out(campaign, silent, other) is None


def test_who_is_left_alone_under_the_old_number_is_left_alone(campaign, kept, gone, other):
    join(SegmentFactory(kind="suppression"), gone)

    assert left_out(campaign, kept, other) == "suppressed"
