"""Enhanced due diligence begins by itself: for a confirmed hit, a high rating, owners behind companies; each once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import EnhancedReview, KycFactor, KycProfile, Stake
from customers.services.enhanced_reviews import open_due_enhanced
from customers.services.kyc_profiles import rate_customers
from customers.services.screening_hits import confirm_hit
from customers.tasks import rate_customers_task
from staff.models import Notification
from tests.customers.screening import GROUNDS, load
from tests.factories import UserFactory
from tests.factories.customers import CustomerFactory, HitFactory, WatchListFactory
from tests.factories.staff import past_the_guards

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("screening_apart")]
NOW = timezone.now()
TODAY = timezone.localdate(NOW)


def profile(customer, rating="high", **fields):
    said = {"points": 60, "factors": [], "first_rated_on": TODAY, "rated_on": TODAY, "next_review_on": TODAY, **fields}
    return KycProfile.objects.create(customer=customer, rating=rating, **said)


def causes():
    return [(one.customer, one.cause) for one in EnhancedReview.objects.order_by("pk")]


def end(review, outcome="approved", at=NOW):
    with past_the_guards():
        EnhancedReview.objects.filter(pk=review.pk).update(outcome=outcome, ended_at=at)


def test_a_high_rating_opens_it_once_and_tells_compliance_alone(officer):
    clerk = UserFactory(role="service")
    high, _low = profile(CustomerFactory()), profile(CustomerFactory(), "low")

    assert open_due_enhanced(at=NOW) == [high.customer_id]
    assert open_due_enhanced(at=NOW + timedelta(days=1)) == []

    assert causes() == [(high.customer, "high_risk")]
    assert Notification.objects.get(user=officer).url == f"/customers/{high.customer.reference}/kyc/"
    assert not Notification.objects.filter(user=clerk).exists()


def test_the_rating_that_people_put_in_its_place_is_the_one_that_counts():
    raised, lowered = profile(CustomerFactory(), "low"), profile(CustomerFactory())
    with past_the_guards():
        for one, override in ((raised, "high"), (lowered, "low")):
            KycProfile.objects.filter(pk=one.pk).update(override=override)

    assert open_due_enhanced(at=NOW) == [raised.customer_id]
    assert lowered.customer_id not in EnhancedReview.objects.values_list("customer", flat=True)


def test_owners_behind_companies_make_it_due_while_a_factor_says_so():
    business = CustomerFactory(kind="business", jurisdiction="CN")
    Stake.objects.create(customer=business, company="甲", holder="李伟", share=60, from_on=TODAY)
    KycFactor.objects.filter(code="ownership").update(valid_to=TODAY - timedelta(days=1))
    rate_customers(at=NOW)
    assert open_due_enhanced(at=NOW) == []

    KycFactor.objects.filter(code="ownership").update(valid_to=None)
    rate_customers(at=NOW)

    assert open_due_enhanced(at=NOW) == [business.pk]
    assert causes() == [(business, "ownership")]


@pytest.mark.parametrize(("kind", "cause"), [("sanctions", "hit"), ("watch", "hit"), ("pep", "pep")])
def test_confirming_a_hit_opens_it_at_once(officer, kind, cause):
    watch_list = WatchListFactory(kind=kind)
    load(officer, "1,person,John Smith,,,,", watch_list=watch_list)
    hit = HitFactory(entry=watch_list.entries.get())

    confirm_hit(actor=officer, hit_id=hit.pk, reason=GROUNDS, at=NOW)
    open_due_enhanced(at=NOW)

    assert causes() == [(hit.customer, cause)]


def test_what_was_looked_at_is_not_opened_again_but_a_newer_hit_is(officer):
    high = profile(CustomerFactory())
    open_due_enhanced(at=NOW)
    end(EnhancedReview.objects.get())
    KycProfile.objects.filter(pk=high.pk).update(rated_on=TODAY + timedelta(days=30))
    assert open_due_enhanced(at=NOW + timedelta(days=31)) == []

    hit = HitFactory(customer=high.customer)
    confirm_hit(actor=officer, hit_id=hit.pk, reason=GROUNDS, at=NOW + timedelta(days=40))

    assert [cause for _customer, cause in causes()] == ["high_risk", "hit"]
    end(EnhancedReview.objects.get(cause="hit"), at=NOW + timedelta(days=50))
    assert open_due_enhanced(at=NOW + timedelta(days=51)) == []


def test_one_that_is_open_stands_for_every_cause(officer):
    high = profile(CustomerFactory())
    open_due_enhanced(at=NOW)

    confirm_hit(actor=officer, hit_id=HitFactory(customer=high.customer).pk, reason=GROUNDS, at=NOW)

    assert causes() == [(high.customer, "high_risk")]


def test_who_left_or_goes_is_left_alone():
    profile(CustomerFactory(status="closed"))

    assert open_due_enhanced(at=NOW) == []


def test_the_morning_opens_it(officer):
    CustomerFactory(jurisdiction="KP", joined_on=TODAY)

    rate_customers_task()
    rate_customers_task()

    assert [cause for _customer, cause in causes()] == ["high_risk"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_open_each_once():
    for _number in range(10):
        profile(CustomerFactory())
    opened = []

    def work():
        try:
            opened.extend(open_due_enhanced(at=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(opened) == len(set(opened)) == EnhancedReview.objects.count() == 10
