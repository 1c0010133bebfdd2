"""Answers of statsmodels, R and textbooks; a thousand experiments whose truth is known."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing.rules.experiments import (
    always_valid_interval,
    assign,
    holm,
    less_what_was_known,
    minimum_detectable_effect,
    power_two_proportions,
    sample_ratio_mismatch,
    sample_size_two_proportions,
    two_proportion_test,
    welch_test,
    wilson_interval,
)
from risk.rules.statistics import normal_cdf, student_t_sf

SHARE = st.floats(0.01, 0.99)


def close(value, places=5):
    return pytest.approx(value, abs=10**-places)


def test_two_proportions_as_statsmodels():
    found = two_proportion_test([5, 12], [83, 99])
    assert (found.statistic, found.p_value) == (close(-1.40783), close(0.15918))


def test_two_groups_in_which_nothing_varies_do_not_differ():
    for won in (0, 10):
        assert two_proportion_test([won, won], [10, 10]).p_value == 1


def test_a_broken_assignment_is_seen():
    found = sample_ratio_mismatch([44_000, 45_000])
    assert (found.statistic, found.p_value) == (close(11.236, 3), close(0.0008, 4))
    assert sample_ratio_mismatch([1000, 9000], [0.1, 0.9]).p_value == 1


def test_power_and_sample_size_as_r():
    """R: power.prop.test(n = 50, p1 = .50, p2 = .75), power.prop.test(p1 = .10, p2 = .12, power = .80)."""
    assert power_two_proportions(0.5, 0.75, 50) == close(0.740, 3)
    assert sample_size_two_proportions(0.10, 0.12) == 3_841


def test_wilson_as_statsmodels():
    assert wilson_interval(5, 83) == (close(0.026003, 6), close(0.133384, 6))
    assert wilson_interval(0, 10)[0] == pytest.approx(0)
    assert wilson_interval(10, 10)[1] == pytest.approx(1)


@pytest.mark.parametrize(
    ("t", "degrees", "tail"), [(12.706, 1, 0.025), (2.228, 10, 0.025), (1.812, 10, 0.05), (2.581, 1000, 0.005)]
)
def test_student_as_the_tables_have_it(t, degrees, tail):
    assert student_t_sf(t, degrees) == pytest.approx(tail, rel=2e-3)
    assert student_t_sf(-t, degrees) == pytest.approx(1 - tail, rel=2e-3)


@given(st.floats(-8, 8))
def test_student_with_many_degrees_is_normal_and_with_one_is_cauchy(t):
    assert student_t_sf(t, 1e7) == pytest.approx(normal_cdf(-t), abs=1e-6)
    assert student_t_sf(t, 1) == pytest.approx(0.5 - math.atan(t) / math.pi, abs=1e-9)


def test_welch_recomputed():
    """By the formulas, with the integral of Student's density over a fine grid in place of the fraction."""
    first, second = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9], [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8]
    found = welch_test(first, second)
    a, b = np.var(first, ddof=1) / len(first), np.var(second, ddof=1) / len(second)
    t = (np.mean(first) - np.mean(second)) / math.sqrt(a + b)
    df = (a + b) ** 2 / (a**2 / (len(first) - 1) + b**2 / (len(second) - 1))
    x = np.linspace(0, abs(t), 200_001)
    front = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(df * math.pi)
    inside = np.trapezoid(front * (1 + x**2 / df) ** (-(df + 1) / 2), x)
    assert found.statistic == pytest.approx(t)
    assert found.p_value == pytest.approx(1 - 2 * inside, abs=1e-8)


def test_means_that_do_not_vary():
    assert welch_test([1, 1], [1, 1]).p_value == 1
    assert welch_test([2, 2], [1, 1]).p_value == 0


def test_holm_by_hand():
    """0.01 × 4, 0.02 × 3, 0.03 × 2, 0.04 × 1, none below the one before."""
    assert holm([0.04, 0.01, 0.03, 0.02]) == [close(0.06), close(0.04), close(0.06), close(0.06)]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_corrected_values_never_fall(values):
    assert all(corrected >= value or corrected == 1 for value, corrected in zip(values, holm(values), strict=True))


@given(SHARE, SHARE, st.integers(1, 5000))
def test_more_people_find_more(p1, p2, n):
    assert power_two_proportions(p1, p2, n) <= power_two_proportions(p1, p2, n + 1) + 1e-12


@given(SHARE, st.integers(100, 100_000))
def test_the_smallest_effect_that_is_found_has_the_power(p, n):
    effect = minimum_detectable_effect(p, n)
    assert effect is None or power_two_proportions(p, p + effect, n) == pytest.approx(0.8, abs=1e-6)


def test_assignment_is_sticky_shared_out_and_of_its_salt():
    people = [f"C-{number}" for number in range(20_000)]
    shares = [1000, 4500, 4500]
    first = [assign("spring", person, shares) for person in people]
    assert first == [assign("spring", person, shares) for person in people]
    counts = Counter(first)
    assert sample_ratio_mismatch([counts[0], counts[1], counts[2]], [0.1, 0.45, 0.45]).p_value > 0.001
    other = [assign("summer", person, [5000, 5000]) for person in people]
    in_both = sum(one == 1 and two == 1 for one, two in zip(first, other, strict=True))
    assert two_proportion_test([in_both, sum(other)], [counts[1], len(people)]).p_value > 0.001


def test_what_cannot_be_is_refused():
    for call in (
        lambda: assign("a", "b", [5000]),
        lambda: assign("a", "b", []),
        lambda: two_proportion_test([5], [83]),
        lambda: two_proportion_test([5, 100], [83, 99]),
        lambda: two_proportion_test([0, 0], [0, 10]),
        lambda: sample_ratio_mismatch([0, 0]),
        lambda: sample_ratio_mismatch([1, 2], [0.5, 0.6]),
        lambda: power_two_proportions(0, 0.5, 10),
        lambda: sample_size_two_proportions(0.1, 0.1),
        lambda: wilson_interval(3, 2),
        lambda: welch_test([1], [1, 2]),
        lambda: less_what_was_known([1.0], [1.0]),
        lambda: less_what_was_known([1.0, math.nan], [1.0, 2.0]),
        lambda: welch_test([1, math.nan], [1, 2]),
        lambda: holm([0.5, math.nan]),
        lambda: holm([2.0]),
        lambda: always_valid_interval([1, 1], [9, 9], level=1),
        lambda: always_valid_interval([1, 1], [9, 9], expected=0),
        lambda: minimum_detectable_effect(0.1, 100, power=2),
        lambda: minimum_detectable_effect(0.1, 100, power=0.01),
        lambda: two_proportion_test([1.5, 2], [9, 9]),
        lambda: sample_ratio_mismatch([math.nan, 1]),
        lambda: assign("a", "b", [0.5, 9999.5]),
    ):
        with pytest.raises(ValueError, match=r"."):
            call()


def test_what_was_known_before_takes_its_part_of_the_variance_and_leaves_the_mean():
    random = np.random.default_rng(7)
    before = random.normal(100, 20, 5_000)
    values = 0.8 * before + random.normal(0, 12, 5_000)
    adjusted = np.array(less_what_was_known(values.tolist(), before.tolist()))
    correlation = np.corrcoef(values, before)[0, 1]
    assert adjusted.mean() == pytest.approx(values.mean())
    assert adjusted.var() == pytest.approx(values.var() * (1 - correlation**2), rel=1e-6)
    assert less_what_was_known([1.0, 2.0], [3.0, 3.0]) == [1.0, 2.0]


def looks(p, q, *, days=20, a_day=250, runs=1_000, seed=11):
    """Successes by run and day of two groups, summed up: what somebody sees who looks each day."""
    random = np.random.default_rng(seed)
    wins = [random.binomial(a_day, share, (runs, days)).cumsum(axis=1) for share in (p, q)]
    return wins, np.arange(1, days + 1) * a_day


def ever_outside(wins, people, truth):
    """In how many of the runs the interval missed the truth on any day."""
    missed = 0
    for run in range(len(wins[0])):
        missed += any(
            not low <= truth <= high
            for day, n in enumerate(people)
            for low, high in [always_valid_interval([wins[0][run, day], wins[1][run, day]], [n, n])]
        )
    return missed / len(wins[0])


def test_peeking_does_not_inflate_errors_with_the_sequential_method_and_does_with_the_fixed_one():
    wins, people = looks(0.2, 0.2)
    fixed = np.mean([
        any(two_proportion_test([wins[0][run, day], wins[1][run, day]], [n, n]).p_value < 0.05 for day, n in enumerate(people))
        for run in range(len(wins[0]))
    ])  # fmt: skip
    assert ever_outside(wins, people, 0.0) <= 0.05
    assert fixed > 0.15


def test_a_known_effect_is_covered_at_the_stated_rate_and_found():
    wins, people = looks(0.24, 0.20, seed=12)
    assert ever_outside(wins, people, 0.04) <= 0.05
    last = [
        always_valid_interval([first[-1], second[-1]], [people[-1]] * 2) for first, second in zip(*wins, strict=True)
    ]
    assert np.mean([low > 0 for low, _high in last]) > 0.8


def test_a_fixed_interval_covers_a_share_as_often_as_it_says():
    random = np.random.default_rng(13)
    held = [
        low <= 0.12 <= high
        for won in random.binomial(400, 0.12, 1_000)
        for low, high in [wilson_interval(int(won), 400)]
    ]
    assert 0.93 <= np.mean(held) <= 0.97
