"""Liquidity coverage and concentration against published answers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.rules.liquidity import herfindahl, liquidity_coverage

OUTFLOWS = [(1000, Decimal("0.05")), (2000, Decimal("0.10")), (300, Decimal("0.40"))]


def coverage(level1=100, level2a=80, level2b=40, haircut="0.5", outflows=OUTFLOWS, inflows=250):
    return liquidity_coverage(
        level1, level2a, level2b, level2b_haircut=Decimal(haircut), outflows=outflows, inflows=inflows
    )


def test_the_published_case():
    case = coverage()

    assert round(case.hqla, 4) == Decimal("166.6667")
    assert case.net_outflow == 120
    assert round(case.ratio * 100, 2) == Decimal("138.89")


def test_amounts_already_weighted_give_the_same():
    assert coverage(outflows=Decimal(370), inflows=[(500, Decimal("0.5"))]) == coverage()


def test_inflows_count_up_to_three_quarters_of_outflows():
    assert coverage(inflows=10_000).net_outflow == Decimal("92.5")


def test_level_2b_counts_up_to_fifteen_percent():
    case = coverage(level1=85, level2a=0, level2b=100)

    assert case.hqla == 100


def test_without_level_1_nothing_else_counts():
    assert coverage(level1=0).hqla == 0


def test_without_outflows_there_is_no_ratio():
    case = coverage(outflows=[], inflows=5)

    assert (case.net_outflow, case.ratio) == (0, None)


amounts = st.decimals(0, 10**9, places=2)


@given(amounts, amounts, amounts)
def test_the_caps_hold_for_any_stock(level1, level2a, level2b):
    hqla = coverage(level1, level2a, level2b).hqla
    within = Decimal("1e-20") * (1 + hqla)

    assert level1 <= hqla + within
    assert hqla - level1 <= Decimal("0.4") * hqla + within
    assert hqla <= level1 + level2a * Decimal("0.85") + level2b * Decimal("0.5") + within


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"level1": -1}, "level 1 asset is -1"),
        ({"haircut": "1.5"}, "fraction from 0 to 1"),
        ({"outflows": [(100, 5)]}, "rate of an outflow is 5"),
        ({"inflows": "lots"}, "inflow is 'lots'"),
        ({"level2b": Decimal("inf")}, "level 2B asset"),
    ],
)
def test_bad_amounts_get_a_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        coverage(**wrong)


@pytest.mark.parametrize(
    ("shares", "index"),
    [
        ([60, 30, 10], 4600),
        ([0.6, 0.3, 0.1], 4600),
        ([Decimal(600), Decimal(300), Decimal(100), Decimal(0)], 4600),
        ([10] * 10, 1000),
        ([0.1] * 10, 1000),
        ([5], 10_000),
    ],
)
def test_concentration_is_on_the_scale_to_ten_thousand(shares, index):
    assert herfindahl(shares) == index


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=50))
def test_concentration_lies_between_equal_shares_and_one_holder(shares):
    assert 10_000 / len(shares) - 1e-9 <= herfindahl(shares) <= 10_000


@pytest.mark.parametrize("shares", [[], [0, 0], [1, -1], ["x"], [float("nan")]])
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(ValueError, match="share"):
        herfindahl(shares)
