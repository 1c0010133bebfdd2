"""Whom a campaign reaches: everybody who matched has one place, and each reason is one that no marketer lifts."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from customers.models import CustomerTag, Tag
from customers.services.consents import record_consent
from marketing.rules.experiments import assign
from marketing.services.advancing import advance_campaigns
from marketing.services.audiences import foresee, withheld_among
from marketing.services.segment_lists import list_members
from marketing.views.campaign_audiences import sentence_of
from products.models import BusinessLine
from service.models import Ticket
from tests.factories import UserFactory
from tests.factories.campaigns import (
    CampaignFactory,
    MessageFactory,
    SegmentFactory,
    agreed,
    awake,
    join,
    reachable,
    rule,
    scheduled,
    written_to,
)
from tests.factories.complaints import a_complaint
from tests.factories.customers import CustomerFactory, PortraitFactory
from tests.factories.products import ProductFactory
from tests.factories.suitability import ResultFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _awake():
    awake()


@pytest.fixture
def campaign():
    return CampaignFactory()


def seen(campaign, at=None):
    return foresee(campaign, at or timezone.now())


def suppressed(customer, campaign):
    join(SegmentFactory(kind="suppression"), customer)


def vulnerable(customer, campaign):
    tag = Tag.objects.filter(audience="care").first() or Tag.objects.create(code="care", name="Care", audience="care")
    CustomerTag.objects.create(customer=customer, tag=tag, source="rule", confidence=1, at=NOW)


def frozen(customer, campaign):
    customer.status = "frozen"
    customer.save()


def silent(customer, campaign):
    now = timezone.now()
    record_consent(
        actor=None, customer_id=customer.pk, purpose="marketing", channel="any", given=False, origin="app", at=now,
        now=now,
    )  # fmt: skip


def unreachable(customer, campaign):
    customer.email = None
    customer.save()


def complaining(customer, campaign):
    complaint = a_complaint(assignee=UserFactory(role="service_lead"), actor=UserFactory(role="service_lead"))
    Ticket.objects.filter(pk=complaint.ticket_id).update(customer=customer)


def overdue(customer, campaign):
    PortraitFactory(customer=customer, overdue_days=3)


REASONS = {
    "suppressed": suppressed, "vulnerable": vulnerable, "closed": frozen, "no_consent": silent,
    "no_address": unreachable, "complaint": complaining, "overdue": overdue,
}  # fmt: skip


@pytest.mark.parametrize("reason", REASONS)
def test_nobody_lifts_a_reason_to_leave_somebody_out(campaign, reason):
    one, _other = reachable(campaign.segment, 2)
    REASONS[reason](one, campaign)

    found = seen(campaign)

    assert (found.matched, found.reached, found.left_out) == (2, 1, {reason: 1})


@pytest.mark.parametrize("unsuited", ["C1", "C0"])  # of their own accord alone, and never
def test_a_product_is_offered_to_those_alone_for_whom_it_is_suitable(campaign, unsuited):
    """A bold investor may have a fund of R3, a careful one is not led to it (the matrix of the AMAC guideline)."""
    fund = ProductFactory(line=BusinessLine.objects.get(code="fund"), risk_rating="R3")
    campaign.product = fund
    campaign.save()
    bold, careful = reachable(campaign.segment, 2, jurisdiction="CN", birth_date=date(1980, 5, 1))
    ResultFactory(customer=bold, investor_class="C5")
    ResultFactory(customer=careful, investor_class=unsuited)

    assert seen(campaign).left_out == {"unsuitable": 1}
    assert withheld_among(campaign, [bold.pk, careful.pk], {"CN"}, timezone.now()) == {careful.pk: "unsuitable"}

    fund.status = "retired"
    fund.save()
    assert seen(campaign).left_out == {"unsuitable": 2}


@pytest.mark.parametrize(
    ("sends", "reason"),
    [([1, 2], "capped"), ([1], None), ([8, 9, 10, 11, 12], "fatigued"), ([8, 9, 20, 25, 27, 29], "capped")],
)
def test_caps_count_over_all_channels_and_silence_tires(campaign, sends, reason):
    rule("fatigue", 3)
    customer = reachable(campaign.segment, 1)[0]
    for days in sends:
        written_to(customer, days)

    assert seen(campaign).left_out == ({reason: 1} if reason else {})


def test_a_campaign_that_goes_first_takes_the_last_message_that_is_allowed():
    rule("cap_week", 1)
    segment = SegmentFactory()
    customer = reachable(segment, 1)[0]
    first, second = CampaignFactory(segment=segment, priority=1), CampaignFactory(segment=segment, priority=5)
    scheduled(first)
    advance_campaigns(at=first.starts_at + timedelta(seconds=1))

    assert seen(second).left_out == {"outbid": 1}
    assert seen(first).left_out == {}
    assert customer.received.count() == 1


def test_everybody_who_matched_has_one_place_and_the_counts_add_up():
    campaign = CampaignFactory(holdout=2_000, variants=[MessageFactory(), MessageFactory()])
    reachable(campaign.segment, 40)
    join(campaign.segment, CustomerFactory(email="nobody@example.com"))
    foreseen = seen(campaign)
    scheduled(campaign)

    advance_campaigns(at=campaign.starts_at + timedelta(seconds=1))

    drawn = campaign.rounds.get()
    assert (drawn.matched, drawn.reached, drawn.held) == (foreseen.matched, foreseen.reached, foreseen.held)
    assert drawn.excluded == {"no_consent": 1}
    assert drawn.matched == drawn.reached + drawn.held + 1 == campaign.recipients.count()
    assert campaign.deliveries.count() == drawn.reached


def test_the_database_assigns_as_the_rule_does_and_for_good():
    campaign = CampaignFactory(holdout=1_500, variants=[MessageFactory(), MessageFactory(), MessageFactory()])
    campaign.variants.filter(code="A").update(share=3_334)
    reachable(campaign.segment, 60)
    scheduled(campaign)

    advance_campaigns(at=campaign.starts_at + timedelta(seconds=1))

    letters = "ABC"
    for one in campaign.recipients.select_related("variant"):
        unit = str(one.customer_id)
        assert one.variant.code == letters[assign(campaign.salt, unit, [3_334, 3_333, 3_333])]
        assert one.is_held == (assign(f"{campaign.salt}/holdout", unit, [1_500, 8_500]) == 0)


def test_an_empty_audience_is_drawn_and_the_campaign_is_over(campaign):
    scheduled(campaign)

    assert advance_campaigns(at=campaign.starts_at + timedelta(seconds=1)) == []

    campaign.refresh_from_db()
    assert (campaign.state, campaign.rounds.get().matched) == ("finished", 0)


def test_drawing_twice_draws_once(campaign):
    reachable(campaign.segment, 3)
    scheduled(campaign)
    at = campaign.starts_at + timedelta(seconds=1)

    advance_campaigns(at=at)
    advance_campaigns(at=at + timedelta(seconds=15))

    assert campaign.recipients.count() == 3


@pytest.mark.parametrize(
    "act", ["UPDATE marketing_recipient SET exclusion = 'late'", "DELETE FROM marketing_recipient"]
)
def test_an_audience_stays_as_it_was_drawn(campaign, act):
    reachable(campaign.segment, 1)
    scheduled(campaign)
    advance_campaigns(at=campaign.starts_at + timedelta(seconds=1))

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)


def test_a_recurring_campaign_that_was_missed_for_days_goes_out_once():
    campaign = CampaignFactory(kind="recurring", every="day")
    reachable(campaign.segment, 1)
    scheduled(campaign)

    advance_campaigns(at=campaign.starts_at + timedelta(days=3, hours=1))
    advance_campaigns(at=campaign.starts_at + timedelta(days=3, hours=2))

    assert campaign.rounds.count() == 1


def test_a_triggered_campaign_reaches_who_enters_later_and_once():
    campaign = CampaignFactory(kind="triggered")
    reachable(campaign.segment, 2)
    scheduled(campaign)
    start = campaign.starts_at
    advance_campaigns(at=start + timedelta(minutes=1))
    assert campaign.recipients.count() == 0

    late = CustomerFactory(email="late@example.com")
    agreed(late)
    join(campaign.segment, late, at=start + timedelta(minutes=2))
    advance_campaigns(at=start + timedelta(minutes=3))
    advance_campaigns(at=start + timedelta(minutes=4))

    assert [one.customer_id for one in campaign.recipients.all()] == [late.pk]
    assert campaign.rounds.count() == 1


def test_a_triggered_campaign_misses_nobody_whose_refresh_ended_after_it_looked():
    """A refresh writes entries down with the moment at which it began: a round may have been drawn since."""
    campaign = CampaignFactory(kind="triggered")
    scheduled(campaign)
    start, late = campaign.starts_at, reachable(SegmentFactory(), 2)
    by_hand = {"actor": UserFactory(role="marketing"), "segment_id": campaign.segment_id}
    for minute, customer in enumerate(late):
        list_members(**by_hand, references=[customer.reference], at=start + timedelta(minutes=1 + minute))
        advance_campaigns(at=start + timedelta(minutes=5 + minute))

    reached = campaign.recipients.order_by("pk")
    assert [(one.customer_id, one.round.number) for one in reached] == [(late[0].pk, 1), (late[1].pk, 2)]


def test_the_sentence_says_all_of_it():
    said = sentence_of(12_430, {"unsuitable": 812, "no_consent": 1_904, "capped": 377}, 500)

    assert said == "12,430 matched: 812 unsuitable, 1,904 no consent, 377 capped, 500 held out"


def test_the_cost_of_a_forecast_does_not_grow_with_the_audience(campaign, django_assert_max_num_queries):
    reachable(campaign.segment, 30)

    with django_assert_max_num_queries(8):
        seen(campaign)
