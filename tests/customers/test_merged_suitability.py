"""Of two assessments a merge keeps the newest valid one, under the stricter class, until they are assessed anew."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import CarriedAssessment, SuitabilityResult
from customers.services.suitability import may_buy_many
from customers.services.suitability_carrying import standing_result
from tests.customers.test_merges import merge, unmerge
from tests.factories import UserFactory
from tests.factories.customers import PersonFactory
from tests.factories.products import ProductFactory
from tests.factories.suitability import ResultFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
NEWER, OLDER, LONG_AGO = NOW - timedelta(days=10), NOW - timedelta(days=100), NOW - timedelta(days=900)


def later(days=1):
    return timezone.now() + timedelta(days=days)


def assessed(customer, investor_class, at):
    return ResultFactory(customer=customer, investor_class=investor_class, decided_at=at)


def standing(customer, at=None):
    customer.refresh_from_db()
    result = standing_result(customer, at or later())
    return result and (result.pk, result.investor_class)


@pytest.mark.parametrize(
    ("ours", "theirs", "whose", "investor_class"),
    [
        (("C4", NEWER), ("C2", OLDER), "ours", "C2"),
        (("C2", NEWER), ("C4", OLDER), "ours", "C2"),
        (("C4", OLDER), ("C2", NEWER), "theirs", "C2"),
        (("C2", OLDER), ("C4", NEWER), "theirs", "C2"),
        (("C0", OLDER), ("C1", NEWER), "theirs", "C0"),
        (("C3", OLDER), ("C3", NEWER), "theirs", "C3"),
        (None, ("C4", OLDER), "theirs", "C4"),
        (None, ("C4", LONG_AGO), None, None),
        (("C2", LONG_AGO), ("C4", OLDER), "theirs", "C4"),
        (("C4", OLDER), ("C1", LONG_AGO), "ours", "C4"),
        (("C4", LONG_AGO), None, "ours", "C4"),
        (None, None, None, None),
    ],
)
def test_the_newest_valid_one_holds_under_the_stricter_class_and_unmerging_puts_everything_back(
    ours, theirs, whose, investor_class
):
    one, other = PersonFactory(), PersonFactory()
    results = {"ours": assessed(one, *ours) if ours else None, "theirs": assessed(other, *theirs) if theirs else None}
    before = standing(one), standing(other)

    done = merge(one, other)

    assert standing(one) == ((results[whose].pk, investor_class) if whose else None)
    unmerge(done)
    assert (standing(one), standing(other)) == before
    kept = {"ours": one, "theirs": other}
    assert all(SuitabilityResult.objects.get(pk=row.pk).customer == kept[name] for name, row in results.items() if row)


def test_a_new_assessment_ends_what_was_carried_over():
    one, other = PersonFactory(), PersonFactory()
    assessed(one, "C4", NEWER)
    assessed(other, "C2", OLDER)
    merge(one, other)
    assert standing(one)[1] == "C2"

    anew = assessed(one, "C5", timezone.now())

    assert standing(one) == (anew.pk, "C5")


def test_a_rejected_assessment_carries_nothing():
    one, other = PersonFactory(), PersonFactory()
    ResultFactory(customer=other, investor_class="C5", decided_at=NEWER, review="waiting")

    merge(one, other)

    assert standing(one) is None


def test_a_chain_carries_the_strictest_on_and_is_undone_from_its_end():
    one, two, three = PersonFactory(), PersonFactory(), PersonFactory()
    for who, investor_class, at in [
        (one, "C2", LONG_AGO + timedelta(days=800)),
        (two, "C4", OLDER),
        (three, "C5", NEWER),
    ]:
        assessed(who, investor_class, at)
    first = merge(two, one)
    second = merge(three, two)
    assert standing(three)[1] == "C2"

    unmerge(second)
    assert (standing(three)[1], standing(two)[1]) == ("C5", "C2")
    unmerge(first)
    assert standing(two)[1] == "C4"


def test_of_two_merges_into_one_the_earlier_may_be_undone_alone():
    one, strict, lenient = PersonFactory(), PersonFactory(), PersonFactory()
    assessed(one, "C4", OLDER)
    assessed(strict, "C1", OLDER)
    assessed(lenient, "C5", NEWER)
    first = merge(one, strict)
    merge(one, lenient)
    assert standing(one)[1] == "C1"

    unmerge(first)

    assert standing(one)[1] == "C4"
    assert CarriedAssessment.objects.count() == 2


def test_many_are_answered_as_one_is_and_lists_show_the_one_that_counts():
    one, other, apart = (PersonFactory(jurisdiction="CN") for _ in range(3))
    results = [assessed(one, "C4", OLDER), assessed(other, "C1", NEWER), assessed(apart, "C4", NEWER)]
    merge(one, other)
    product = ProductFactory(line_id="fund")

    found = may_buy_many(product, later(), customers=[one.pk, apart.pk])

    one.refresh_from_db()
    assert standing(one) == (results[1].pk, "C1")
    assert "no_assessment" not in found[one.pk].codes
    assert {row.pk for row in SuitabilityResult.objects.standing(later())} == {results[1].pk, results[2].pk}


def test_the_tab_says_that_the_stricter_class_holds(client):
    one, other = PersonFactory(), PersonFactory()
    assessed(one, "C4", NEWER)
    assessed(other, "C2", OLDER)
    merge(one, other)
    client.force_login(UserFactory(role="compliance"))

    page = client.get(f"/customers/{one.reference}/suitability/").content.decode()

    assert "The stricter class of both records, until assessed anew" in page
