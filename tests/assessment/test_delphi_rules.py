from decimal import Decimal

import pytest

from assessment.rules.delphi import (
    Verdict,
    concordance,
    is_apart,
    midranks,
    quartiles,
    rounded_up,
    spread_of,
    verdict_of,
    weighted_median,
)

# Zar, Biostatistical Analysis, 5th edition, example 20.5: wing, tail and bill lengths of 12 birds, with ties.
BIRDS = [
    [10.4, 10.8, 11.1, 10.2, 10.3, 10.2, 10.7, 10.5, 10.8, 11.2, 10.6, 11.4],
    [7.4, 7.6, 7.9, 7.2, 7.4, 7.1, 7.4, 7.2, 7.8, 7.7, 7.8, 8.3],
    [17, 17, 20, 14.5, 15.5, 13, 19.5, 16, 21, 20, 18, 22],
]
RANK_SUMS = [14.5, 21, 30.5, 6, 11, 3.5, 20, 11.5, 29, 28.5, 22.5, 36]
# Hollander and Wolfe, Nonparametric Statistical Methods, 1973, p. 140: 22 players round first base in three ways.
# R's friedman.test gives chi-squared 11.143 with 2 degrees, p 0.003805.
ROUNDING = [
    [5.40, 5.50, 5.55], [5.85, 5.70, 5.75], [5.20, 5.60, 5.50], [5.55, 5.50, 5.40], [5.90, 5.85, 5.70], [5.45, 5.55, 5.60],
    [5.40, 5.40, 5.35], [5.45, 5.50, 5.35], [5.25, 5.15, 5.00], [5.85, 5.80, 5.70], [5.25, 5.20, 5.10], [5.65, 5.55, 5.45],
    [5.60, 5.35, 5.45], [5.05, 5.00, 4.95], [5.50, 5.50, 5.40], [5.45, 5.55, 5.50], [5.55, 5.55, 5.35], [5.45, 5.50, 5.55],
    [5.50, 5.45, 5.25], [5.65, 5.60, 5.40], [5.70, 5.65, 5.55], [6.30, 6.30, 6.25],
]  # fmt: skip


def test_ranks_of_equal_values_are_shared():
    assert midranks([10, 20, 20, 5]) == [2.0, 3.5, 3.5, 1.0]


def test_rank_sums_of_zars_birds_are_those_of_the_book_and_w_follows():
    assert [sum(column) for column in zip(*map(midranks, BIRDS), strict=True)] == RANK_SUMS

    # By hand from the book's rank sums; two that are tied bring 2³ - 2, three bring 3³ - 3.
    spread = sum((one - 19.5) ** 2 for one in RANK_SUMS)
    ties = (6 + 6) + (6 + 24 + 6) + (6 + 6)
    found = concordance(BIRDS)

    assert found.w == pytest.approx(12 * spread / (9 * (12**3 - 12) - 3 * ties))
    assert round(found.w, 4) == 0.9241
    assert found.degrees == 11


def test_friedmans_test_of_rounding_times_is_that_of_r():
    found = concordance(ROUNDING)

    assert found.chi_square == pytest.approx(11.143, abs=0.0005)
    assert found.p_value == pytest.approx(0.003805, abs=0.0000005)
    assert found.w == pytest.approx(11.143 / (22 * 2), abs=0.0001)


def test_the_same_ranking_is_1_and_opposite_ones_are_0():
    assert concordance([[1, 2, 3], [2, 4, 9], [1, 5, 6]]).w == 1
    assert concordance([[1, 2], [2, 1]]).w == 0


@pytest.mark.parametrize("ratings", [[], [[1, 2]], [[1], [2]], [[3, 3], [4, 4]]])
def test_where_ranks_say_nothing_there_is_no_w(ratings):
    assert concordance(ratings) is None


def test_experts_who_rated_different_things_are_refused():
    with pytest.raises(ValueError, match="different lengths"):
        concordance([[1, 2], [1]])


def test_the_weighted_median_of_the_textbook():
    # Cormen et al., problem 9-2: each value weighs itself; the median is 0.1, the weighted median 0.2.
    values = [Decimal(one) for one in ("0.1", "0.35", "0.05", "0.1", "0.15", "0.05", "0.2")]

    assert weighted_median(values, values) == Decimal("0.2")
    assert weighted_median(values, [Decimal(1)] * 7) == Decimal("0.1")


def test_a_median_between_two_is_midway_and_goes_up_to_the_graver_place():
    half = weighted_median([3, 4], [Decimal(1), Decimal(1)])

    assert half == Decimal("3.5")
    assert rounded_up(half) == 4
    assert rounded_up(Decimal("3.49")) == 3
    assert weighted_median([1, 5], [Decimal("0.1"), Decimal("0.2")]) == 5


@pytest.mark.parametrize(("values", "weights"), [([], []), ([1], [Decimal(0)]), ([1, 2], [Decimal(1)])])
def test_a_median_of_nothing_or_without_weight_is_refused(values, weights):
    with pytest.raises(ValueError, match="weight"):
        weighted_median(values, weights)


def test_quartiles_are_those_of_r():
    # quantile(1:10) in R, type 7: 3.25 and 7.75.
    assert quartiles(list(range(1, 11))) == (Decimal("3.25"), Decimal("7.75"))
    assert spread_of([3]) == 0
    assert spread_of([2, 5]) == Decimal("1.5")


def test_one_step_off_is_not_apart_and_two_are():
    assert not is_apart(4, 3)
    assert is_apart(5, 3)


RULE = {"bound": Decimal("0.7"), "spread": Decimal(1), "rounds": 3}


@pytest.mark.parametrize(
    ("experts", "w", "widest", "number", "verdict"),
    [
        (4, 0.7, 1, 1, Verdict.AGREED),
        (4, 0.69, 1, 1, Verdict.GOES_ON),
        (4, 0.9, 2, 2, Verdict.GOES_ON),
        (4, 0.69, 1, 3, Verdict.LAST),
        (4, None, 1, 1, Verdict.AGREED),
        (2, 1.0, 0, 1, Verdict.TOO_FEW),
        (2, 1.0, 0, 3, Verdict.TOO_FEW_LAST),
        (0, None, 0, 1, Verdict.TOO_FEW),
    ],
)
def test_a_round_ends_a_panel_by_its_rule(experts, w, widest, number, verdict):
    found = verdict_of(experts=experts, w=w, widest=Decimal(widest), number=number, **RULE)

    assert found == verdict
