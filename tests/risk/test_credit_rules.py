"""Loan classes, provisions and score statistics against published answers."""

import csv
import math
import random
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.rules.credit import (
    LoanClass,
    critical_stability,
    information_value,
    ks_statistic,
    loan_class,
    population_stability,
    provisions,
    score_scaling,
)
from risk.rules.statistics import binomial_cdf, chi_square_quantile, chi_square_sf, normal_cdf

GERMAN = Path(__file__).resolve().parents[3] / "shared/data/german/germancredit.csv"


@pytest.mark.parametrize(
    ("days", "kind", "expected"),
    [  # CBIRC and PBoC Order 2023 No. 1, articles 10 to 13
        (0, "loan", "pass"),
        (1, "loan", "special_mention"),
        (90, "loan", "special_mention"),
        (91, "loan", "substandard"),
        (270, "loan", "substandard"),
        (271, "loan", "doubtful"),
        (360, "loan", "doubtful"),
        (361, "loan", "loss"),
        # CBRC Order 2011 No. 2, article 92
        (0, "card", "pass"),
        (1, "card", "special_mention"),
        (90, "card", "special_mention"),
        (91, "card", "substandard"),
        (120, "card", "substandard"),
        (121, "card", "doubtful"),
        (180, "card", "doubtful"),
        (181, "card", "loss"),
        (99_999, "card", "loss"),
    ],
)
def test_days_past_due_make_the_class(days, kind, expected):
    assert loan_class(days, kind=kind) == expected


def test_a_rule_table_may_set_other_days():
    assert loan_class(181, first_days={"loan": (1, 91, 181, 361)}) is LoanClass.DOUBTFUL


@given(st.integers(0, 2000), st.integers(0, 2000), st.sampled_from(["loan", "card"]))
def test_more_days_never_make_a_better_class(days, more, kind):
    order = list(LoanClass)

    assert order.index(loan_class(days, kind=kind)) <= order.index(loan_class(days + more, kind=kind))


@pytest.mark.parametrize("days", [-1, None, "90", 1.5, True])
def test_days_that_are_no_whole_number_are_refused(days):
    with pytest.raises(ValueError, match="days past due are"):
        loan_class(days)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="choose one of loan, card"):
        loan_class(5, kind="mortgage")


BOOK = [Decimal(amount) for amount in (10_000_000, 500_000, 200_000, 100_000, 50_000)]


@pytest.mark.parametrize(
    "balances",
    [BOOK, dict(zip(LoanClass, BOOK, strict=True)), dict(zip((c.value for c in LoanClass), BOOK, strict=True))],
)
def test_the_published_book(balances):
    book = provisions(balances)

    assert (book.specific, book.general, book.total) == (160_000, 108_500, 268_500)
    assert round(book.npl_ratio * 100, 4) == Decimal("3.2258")
    assert round(book.coverage * 100, 4) == Decimal("76.7143")
    assert round(book.loan_provision_ratio * 100, 4) == Decimal("2.4747")


def test_a_class_left_out_is_nought_and_nothing_is_divided_by_nought():
    clean, empty = provisions({"pass": Decimal(100)}), provisions({})

    assert (clean.npl_ratio, clean.coverage, clean.total) == (0, None, 1)
    assert (empty.npl_ratio, empty.coverage, empty.loan_provision_ratio, empty.total) == (None, None, None, 0)


def test_rates_can_be_others():
    book = provisions(BOOK, specific_rates={LoanClass.LOSS: Decimal("0.9")}, general_rate=Decimal(0))

    assert book.total == 45_000


@given(st.lists(st.decimals(0, 10**9, places=2), min_size=5, max_size=5))
def test_provisions_hang_together(balances):
    book = provisions(balances)

    assert book.total == book.specific + book.general
    assert book.specific <= sum(balances)
    assert book.npl_ratio is None or 0 <= book.npl_ratio <= 1


@pytest.mark.parametrize(
    ("balances", "sentence"),
    [
        ([1, 2, 3], "3 balances: give one for each"),
        ({"pass": -1}, "balance of class pass is -1"),
        ({"pass": "NaN"}, "balance of class pass"),
        ({"passed": 1}, "no loan class passed"),
    ],
)
def test_bad_balances_get_a_sentence(balances, sentence):
    with pytest.raises(ValueError, match=sentence):
        provisions(balances)


def test_scaling_of_600_points_at_50_to_1():
    scaling = score_scaling(600, 50, 20)

    assert scaling.factor == pytest.approx(28.8539, abs=5e-5)
    assert scaling.offset == pytest.approx(487.123, abs=5e-4)
    assert scaling.points(50) == pytest.approx(600)
    assert scaling.points(100) == pytest.approx(620)


@pytest.mark.parametrize("arguments", [(600, 0, 20), (600, 50, 0), (600, -1, 20), (math.nan, 50, 20)])
def test_impossible_scalings_are_refused(arguments):
    with pytest.raises(ValueError, match="more than nought"):
        score_scaling(*arguments)


def test_stability_index_of_the_published_shift():
    expected, actual = [20, 30, 30, 20], [10, 25, 35, 30]

    assert population_stability(expected, actual) == pytest.approx(0.126685, abs=5e-7)
    assert population_stability([0.2, 0.3, 0.3, 0.2], [100, 250, 350, 300]) == pytest.approx(0.126685, abs=5e-7)
    assert population_stability(expected, expected) == 0


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=20).filter(any), st.randoms())
def test_stability_is_never_negative_and_the_same_both_ways(counts, rng):
    other = counts[:]
    rng.shuffle(other)

    index = population_stability(counts, other)

    assert index >= 0
    assert index == pytest.approx(population_stability(other, counts), abs=1e-12)


def test_an_empty_band_keeps_the_index_a_number():
    assert population_stability([50, 50, 0], [50, 49, 1]) == pytest.approx(0.0458, abs=5e-4)
    assert population_stability([50, 50, 0], [50, 50, 0]) == 0


def test_critical_stability_shrinks_with_the_samples():
    """Yurdakul: (1/N + 1/M) times the chi-square quantile; 16.919 for ten bands at 95 %."""
    assert critical_stability(1000, 1000, 10) == pytest.approx(16.918978 * 2 / 1000, abs=1e-8)
    assert critical_stability(200, 100, 10) > 0.25 > critical_stability(10_000, 1000, 10)


def test_the_critical_value_is_exceeded_as_often_as_it_says():
    rng = random.Random(11)
    bands, count = range(5), 500
    limit = critical_stability(count, count, len(bands))

    def sample():
        drawn = Counter(rng.choices(bands, k=count))
        return [drawn[band] for band in bands]

    exceeded = sum(population_stability(sample(), sample()) > limit for _ in range(2000)) / 2000

    assert exceeded == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [([1, 2], [1, 2, 3]), ([], []), ([0, 0], [1, 1]), ([1, -1], [1, 1]), ([1, math.nan], [1, 1])],
)
def test_bands_that_do_not_compare_are_refused(expected, actual):
    with pytest.raises(ValueError, match="bands"):
        population_stability(expected, actual)


@pytest.mark.skipif(not GERMAN.exists(), reason=f"{GERMAN} is not on this machine")
def test_information_value_of_the_german_checking_account():
    with GERMAN.open() as file:
        rows = list(csv.DictReader(file))
    count = Counter((row["status_of_existing_checking_account"], row["creditability"]) for row in rows)
    bins = sorted({status for status, _ in count})

    value = information_value([count[b, "good"] for b in bins], [count[b, "bad"] for b in bins])

    assert value == pytest.approx(0.66601, abs=5e-6)


def test_information_value_at_its_edges():
    assert information_value([10, 20], [10, 20]) == pytest.approx(0)
    assert math.isfinite(information_value([10, 0, 5], [0, 10, 5]))
    assert information_value([10, 20, 0], [20, 10, 0]) == pytest.approx(information_value([10, 20], [20, 10]))
    with pytest.raises(ValueError, match="same bins"):
        information_value([1], [1, 2])
    with pytest.raises(ValueError, match="good bands"):
        information_value([0, 0], [1, 2])


@pytest.mark.parametrize(
    ("scores", "bad", "expected"),
    [
        ([1, 2, 3, 4], [1, 1, 0, 0], 1.0),
        ([4, 3, 2, 1], [1, 1, 0, 0], 1.0),
        ([1, 1, 1, 1], [1, 0, 1, 0], 0.0),
        ([1, 2, 2, 3], [1, 0, 1, 0], 0.5),
        ([1, 2, 3, 4, 5, 6], [0, 1, 1, 0, 0, 0], 0.75),
    ],
)
def test_ks_is_the_widest_gap(scores, bad, expected):
    assert ks_statistic(scores, bad) == pytest.approx(expected)


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=4, max_size=80), st.randoms())
def test_ks_equals_its_definition_whatever_the_order(rows, rng):
    bads, goods = [s for s, b in rows if b], [s for s, b in rows if not b]
    if not bads or not goods:
        return
    gaps = [abs(sum(s <= x for s in bads) / len(bads) - sum(s <= x for s in goods) / len(goods)) for x in range(21)]
    rng.shuffle(rows)

    assert ks_statistic([s for s, _ in rows], [b for _, b in rows]) == pytest.approx(max(gaps))


@pytest.mark.parametrize(
    ("scores", "bad", "sentence"),
    [
        ([1, 2], [1], "2 scores and 1 outcomes"),
        ([1, 2], [1, 1], "all alike"),
        ([], [], "all alike"),
        ([1, math.nan], [0, 1], "must be numbers"),
        ([1, 2], [0, 2], "true .bad. or false"),
    ],
)
def test_scores_without_a_distance_get_a_sentence(scores, bad, sentence):
    with pytest.raises(ValueError, match=sentence):
        ks_statistic(scores, bad)


def test_distributions_agree_with_printed_tables():
    """Chi-square quantiles of NIST/SEMATECH e-Handbook 1.3.6.7.4; binomial of the Basel back-testing table."""
    for degrees, quantile in [(1, 3.841), (2, 5.991), (9, 16.919), (50, 67.505), (100, 124.342)]:
        assert chi_square_quantile(0.95, degrees) == pytest.approx(quantile, abs=5e-4)
        assert chi_square_sf(quantile, degrees) == pytest.approx(0.05, abs=5e-5)
    assert chi_square_sf(0, 3) == 1
    assert chi_square_sf(2000, 1) < 1e-300
    assert normal_cdf(1.959964) == pytest.approx(0.975, abs=1e-7)
    assert [round(100 * binomial_cdf(k, 250, 0.01), 2) for k in (0, 4, 5, 9, 10)] == [8.11, 89.22, 95.88, 99.97, 99.99]
    assert binomial_cdf(10, 10, 0.5) == 1
