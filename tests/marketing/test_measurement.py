"""What a campaign brought about: counted against those held out, recomputed here by other means."""

import csv
import io
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from statistics import fmean

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from audit.models import Event
from customers.services.activity import rebuild_activity
from customers.services.suitability_rules import company_day
from marketing.models import CampaignRound, Delivery, Recipient, Response, Send
from marketing.results_table import csv_of
from marketing.rules.effects import Sums, effect_of_means
from marketing.rules.experiments import less_what_was_known
from marketing.rules.readouts import conclusion
from marketing.services.experiment_guards import why_to_stop
from marketing.services.measurement import measure
from marketing.views.results import sentence_of
from tests.factories import UserFactory
from tests.factories.campaigns import CampaignFactory, MessageFactory, ProviderFactory, signed
from tests.factories.complaints import a_complaint
from tests.factories.customers import AccountFactory, CustomerFactory, TransactionFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def sums_of(values, before):
    return Sums(
        len(values), sum(values), sum(v * v for v in values), sum(before), sum(b * b for b in before),
        sum(v * b for v, b in zip(values, before, strict=True)),
    )  # fmt: skip


def a_run_campaign(**fields):
    campaign = signed(CampaignFactory(**fields))
    drawn = CampaignRound.objects.create(
        campaign=campaign, number=1, sign_off=campaign.sign_off, planned_at=NOW, drawn_at=NOW - timedelta(days=20)
    )
    return campaign, drawn


def somebody(campaign, drawn, *, held=False, variant=None, brings=0, sent=True, responses=(), at=None):
    """A recipient, of twenty days ago unless told otherwise, and what they brought in the day after."""
    customer, at = CustomerFactory(), at or NOW - timedelta(days=20)
    recipient = Recipient.objects.create(
        round=drawn, campaign=campaign, customer=customer, variant=variant or campaign.variants.first(), is_held=held,
        token=uuid.uuid4().hex, at=at,
    )  # fmt: skip
    if not held:
        Delivery.objects.create(
            recipient=recipient, campaign=campaign, customer=customer, state="sent" if sent else "failed", next_at=at
        )
        Send.objects.create(
            recipient=recipient, campaign=campaign, customer=customer, channel="email",
            outcome="sent" if sent else "failed", at=at,
        )  # fmt: skip
    for kind in responses:
        Response.objects.create(recipient=recipient, campaign=campaign, customer=customer, kind=kind, at=at)
    if brings:
        brought(customer, company_day(at) + timedelta(days=1), brings)
    return recipient


def brought(customer, day, amount=500):
    account = customer.accounts.first() or AccountFactory(customer=customer, opened_on=day - timedelta(days=300))
    return TransactionFactory(account=account, amount=amount, booked_on=day)


def measured(campaign):
    """What a night and a day later is known: movements are rolled up by then."""
    rebuild_activity()
    return measure(campaign, NOW)


def test_what_came_in_because_of_it_is_counted_against_those_held_out():
    campaign, drawn = a_run_campaign(budget=0, fixed_cost=10)
    for n in range(10):
        somebody(campaign, drawn, brings=100 if n < 6 else 0, responses=["opened"] if n < 8 else [])
    for n in range(10):
        somebody(campaign, drawn, held=True, brings=100 if n < 2 else 0)

    results = measured(campaign)

    assert (results.whole.n, results.whole.sent, results.whole.opened, results.whole.converted) == (10, 10, 8, 6)
    assert (results.control.n, results.control.converted) == (10, 2)
    assert results.money.incremental == Decimal("400.00")
    assert results.money.margin == Decimal("6.00")
    assert results.money.cost == Decimal("10.10")
    assert results.money.net < 0
    assert results.verdict == "open"


def test_money_outside_the_window_or_before_counts_for_nothing():
    campaign, drawn = a_run_campaign(conversion_days=5)
    one = somebody(campaign, drawn)
    day = company_day(one.at)
    for days in (-1, 6):
        brought(one.customer, day + timedelta(days=days))
    assert measured(campaign).whole.converted == 0

    brought(one.customer, day + timedelta(days=5))

    assert measured(campaign).whole.converted == 1


@pytest.mark.parametrize(("zone", "first"), [("Asia/Shanghai", 11), ("America/New_York", 10)])
@pytest.mark.parametrize(("days", "counts"), [(-1, 0), (0, 1), (5, 1), (6, 0)])
def test_the_window_counts_the_companys_days(settings, zone, first, days, counts):
    settings.TIME_ZONE = zone
    campaign, drawn = a_run_campaign(conversion_days=5)
    one = somebody(campaign, drawn, at=datetime(2026, 6, 10, 23, 30, tzinfo=UTC))

    brought(one.customer, date(2026, 6, first) + timedelta(days=days))

    assert measured(campaign).whole.converted == counts


@pytest.mark.parametrize(
    ("currency", "cost", "shown"), [("CNY", 200, "200"), ("EUR", None, "what they cost is said in CNY")]
)
def test_a_complaint_costs_its_rule_in_the_companys_currency_alone(client, currency, cost, shown):
    campaign, drawn = a_run_campaign(currency=currency, provider=ProviderFactory(price=0))
    wrote = somebody(campaign, drawn)
    a_complaint(customer=wrote.customer, received_on=company_day(NOW - timedelta(days=18)))
    somebody(campaign, drawn, held=True)

    assert (measured(campaign).whole.grieved, measured(campaign).money.complaints) == (1, cost)
    client.force_login(UserFactory(role="marketing"))
    page = client.get(reverse("marketing:campaign_results", args=[campaign.reference]))
    assert shown in str(dict(page.context["facts"])["Complaints"])


def test_without_anybody_held_out_no_effect_is_claimed():
    campaign, drawn = a_run_campaign()
    for _turn in range(5):
        somebody(campaign, drawn, brings=100)

    results = measured(campaign)

    assert (results.verdict, results.money.incremental, results.money.roi) == ("no_control", None, None)
    assert "held out" in sentence_of(results)


def test_each_variant_is_counted_for_itself_and_compared_with_the_first():
    campaign, drawn = a_run_campaign(variants=[MessageFactory(), MessageFactory()])
    first, second = campaign.variants.order_by("code")
    for n in range(8):
        somebody(campaign, drawn, variant=first, brings=10 if n < 2 else 0)
        somebody(campaign, drawn, variant=second, brings=10 if n < 6 else 0)

    results = measured(campaign)

    assert [(one.variant, one.n, one.converted) for one in results.groups] == [("A", 8, 2), ("B", 8, 6)]
    assert results.comparisons[0].effect.difference == pytest.approx(0.5)


def test_variants_that_were_shared_out_unevenly_conclude_nothing():
    campaign, drawn = a_run_campaign(variants=[MessageFactory(), MessageFactory()])
    first, second = campaign.variants.order_by("code")
    for _turn in range(60):
        somebody(campaign, drawn, variant=first)
    for _turn in range(15):
        somebody(campaign, drawn, variant=second)

    results = measured(campaign)

    assert results.verdict == "mismatch"
    assert "may be concluded" in sentence_of(results)


def test_people_who_leave_in_numbers_stop_the_campaign(monkeypatch):
    monkeypatch.setattr("marketing.services.experiment_guards.FEWEST", 20)
    campaign, drawn = a_run_campaign()
    for n in range(20):
        somebody(campaign, drawn, responses=["unsubscribed"] if n < 2 else [])

    assert "2 of 20 people unsubscribed" in why_to_stop(campaign, NOW)


def test_the_sums_say_what_every_value_says():
    random = Random(7)
    before = [random.gauss(100, 30) for _ in range(400)]
    values = [one * 0.8 + random.gauss(5 if n < 200 else 0, 10) for n, one in enumerate(before)]
    treated, control = (values[:200], before[:200]), (values[200:], before[200:])

    plain = effect_of_means(sums_of(*treated), sums_of(*control), adjusted=False)
    adjusted = effect_of_means(sums_of(*treated), sums_of(*control))

    assert plain.difference == pytest.approx(fmean(values[:200]) - fmean(values[200:]))
    assert adjusted.high - adjusted.low < 0.6 * (plain.high - plain.low)
    known = less_what_was_known(values, before)
    assert adjusted.difference == pytest.approx(fmean(known[:200]) - fmean(known[200:]), abs=0.3)


def test_the_adjusted_interval_covers_the_truth_at_its_rate():
    """1,000 simulated experiments with an effect of 2: at 95 % the interval misses it in some 50."""
    random, missed = Random(11), 0
    for _turn in range(1_000):
        groups = []
        for effect in (2.0, 0.0):
            before = [random.gauss(50, 10) for _ in range(60)]
            groups.append(sums_of([one * 0.5 + random.gauss(effect, 5) for one in before], before))
        found = effect_of_means(*groups)
        missed += not found.low <= 2.0 <= found.high
    assert 30 <= missed <= 75


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"treated": 0, "control": 9, "ratio_p": 1.0, "effect": None, "is_over": False}, "nobody"),
        ({"treated": 9, "control": 9, "ratio_p": 0.0001, "effect": None, "is_over": False}, "mismatch"),
        ({"treated": 9, "control": 0, "ratio_p": 1.0, "effect": None, "is_over": True}, "no_control"),
    ],
)
def test_a_readout_concludes_no_more_than_it_may(asked, said):
    assert conclusion(**asked) == said


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_says_it_in_one_sentence(client, language):
    campaign, drawn = a_run_campaign()
    somebody(campaign, drawn, brings=100)
    somebody(campaign, drawn, held=True)
    rebuild_activity()
    client.force_login(UserFactory(role="marketing", language=language))

    page = client.get(reverse("marketing:campaign_results", args=[campaign.reference]))

    results = page.context["results"]
    with translation.override(language):
        said = sentence_of(results)
    assert (results.whole.converted, results.verdict) == (1, "open")
    assert f'role="status">{escape(said)}</p>' in page.content.decode()


def test_every_figure_is_taken_away_as_a_table(client):
    campaign, drawn = a_run_campaign(fixed_cost=10)
    for brings in (100, 100, 0):
        somebody(campaign, drawn, brings=brings)
    for _n in range(2):
        somebody(campaign, drawn, held=True)
    results = measured(campaign)
    client.force_login(UserFactory(role="marketing"))

    answer = client.post(reverse("marketing:results_export", args=[campaign.reference]))

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    told = {tuple(row[:3]): row[3] for row in rows}
    assert {len(row) for row in rows} == {6}
    assert (told["variant", "A", "n"], told["variant", "A", "converted"], told["variant", "held_out", "n"]) == (
        "3",
        "2",
        "2",
    )
    assert float(told["variant", "A", "amount"]) == 200
    assert told["money", "", "cost"] == "10.03"
    assert Decimal(told["money", "", "net"]) == results.money.net
    assert Event.objects.filter(action="marketing.campaign.results_exported").count() == 1


def test_the_table_keeps_a_small_chance_and_no_noise_of_binary_fractions():
    campaign, drawn = a_run_campaign()
    somebody(campaign, drawn, brings=100)
    results = measured(campaign)
    (group,) = results.groups
    noisy = replace(group, sums=replace(group.sums, total=5268297.889999997))

    rows = list(csv.reader(io.StringIO(csv_of(replace(results, groups=[noisy], ratio_p=3.1e-9), "CNY"))))

    told = {tuple(row[:3]): row[3] for row in rows}
    assert told["variant", "A", "amount"] == "5268297.89"
    assert told["conclusion", "", "shared_out_p"] == "3.1e-09"


def test_the_results_cost_the_same_queries_for_any_number_of_people(client, django_assert_num_queries):
    campaign, drawn = a_run_campaign()
    somebody(campaign, drawn)
    client.force_login(UserFactory(role="marketing"))
    url = reverse("marketing:campaign_results", args=[campaign.reference])
    client.get(url)

    def queries():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        return len(seen)

    once = queries()
    for _turn in range(4):
        somebody(campaign, drawn, held=True)

    assert queries() == once
