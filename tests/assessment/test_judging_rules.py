from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.rules.disagreement import widest
from assessment.rules.history import nearest_rank, share_outside, yearly
from assessment.rules.layers import Layer, what_remains
from assessment.rules.mixes import checked_methods, data_level
from assessment.rules.scales import check_bounds, step_for

BOUNDS = [Decimal(10), Decimal(100), Decimal(1000), Decimal(10000)]
KINDS = st.sampled_from(["preventive", "detective", "corrective"])
WORKS = st.sampled_from(["effective", "partly", "ineffective", ""])
LAYERS = st.lists(st.builds(Layer, KINDS, WORKS), max_size=8)


@pytest.mark.parametrize(
    ("readings", "losses", "level"),
    [
        (0, 0, "none"),
        (11, 0, "none"),
        (12, 0, "some"),
        (0, 1, "some"),
        (119, 9, "some"),
        (120, 0, "rich"),
        (0, 10, "rich"),
    ],
)
def test_what_is_better_supplied_says_how_much_data_there_is(readings, losses, level):
    assert data_level(readings=readings, losses=losses) == level


def test_counts_below_zero_are_none():
    with pytest.raises(ValueError, match="from 0"):
        data_level(readings=-1, losses=0)


def test_methods_stand_in_their_order_once():
    assert checked_methods(["scenario", "data", "data"]) == ["data", "scenario"]
    for wrong in ([], ["dice"]):
        with pytest.raises(ValueError, match="choose"):
            checked_methods(wrong)


@pytest.mark.parametrize(
    ("figure", "step"), [(-5, 1), (0, 1), (9, 1), (10, 2), (99, 2), (100, 3), (10000, 5), (10**9, 5)]
)
def test_a_figure_on_a_bound_lies_on_the_graver_step(figure, step):
    assert step_for(Decimal(figure), BOUNDS) == step


@pytest.mark.parametrize(("score", "step"), [(800, 1), (701, 1), (700, 2), (600, 4), (551, 4), (550, 5), (0, 5)])
def test_of_a_score_low_is_grave(score, step):
    assert step_for(Decimal(score), [Decimal(one) for one in (700, 650, 600, 550)], falling=True) == step


@given(st.integers(-100, 20000), st.integers(-100, 20000))
def test_a_greater_figure_never_lies_lower(one, other):
    low, high = sorted((one, other))
    assert step_for(Decimal(low), BOUNDS) <= step_for(Decimal(high), BOUNDS)


def test_bounds_rise_or_fall_and_are_one_fewer_than_steps():
    check_bounds(BOUNDS, steps=5)
    check_bounds(BOUNDS[::-1], steps=5, falling=True)
    with pytest.raises(ValueError, match="4 bounds, not 3"):
        check_bounds(BOUNDS[:3], steps=5)
    with pytest.raises(ValueError, match="rise"):
        check_bounds([Decimal(1), Decimal(1)], steps=3)
    with pytest.raises(ValueError, match="fall"):
        check_bounds([Decimal(1), Decimal(2)], steps=3, falling=True)


def test_prevention_lowers_likelihood_and_the_others_impact():
    left = what_remains(
        5, 5, [Layer("preventive", "effective"), Layer("detective", "effective"), Layer("corrective", "effective")]
    )
    assert (left.likelihood, left.impact) == (4, 4)  # 5 - 1; 5 - 1 - 1/2 = 3.5, which counts as 4
    assert left.taken == [1, 1, Decimal("0.5")]


def test_the_strongest_layer_counts_whole_wherever_it_stands():
    left = what_remains(5, 1, [Layer("preventive", "partly"), Layer("preventive", "effective")])
    assert left.taken == [Decimal("0.25"), 1]
    assert left.likelihood == 4  # 3.75


def test_what_nobody_has_tested_or_does_not_work_takes_nothing():
    assert what_remains(3, 3, [Layer("preventive", ""), Layer("corrective", "ineffective")]).taken == [0, 0]


@given(st.integers(1, 10), st.integers(1, 10), LAYERS)
def test_controls_never_make_a_risk_graver_nor_take_more_than_two_steps_of_a_side(likelihood, impact, layers):
    left = what_remains(likelihood, impact, layers)
    for before, after in ((likelihood, left.likelihood), (impact, left.impact)):
        assert max(1, before - 2) <= after <= before


@given(st.integers(1, 10), st.integers(1, 10), LAYERS, st.builds(Layer, KINDS, WORKS))
def test_one_more_control_never_makes_a_risk_graver(likelihood, impact, layers, more):
    before, after = what_remains(likelihood, impact, layers), what_remains(likelihood, impact, [*layers, more])
    assert after.likelihood <= before.likelihood
    assert after.impact <= before.impact


def test_nearest_rank_as_published():
    """The worked example of the nearest-rank method in the article "Percentile" of Wikipedia: 15, 20, 35, 40, 50."""
    amounts = [Decimal(one) for one in (50, 15, 40, 20, 35)]
    wanted = {"0.05": 15, "0.3": 20, "0.4": 20, "0.5": 35, "1": 50}
    assert {share: nearest_rank(amounts, Decimal(share)) for share in wanted} == wanted


def test_of_ten_losses_the_second_greatest_is_a_bad_one():
    assert nearest_rank([Decimal(one) for one in range(1, 11)]) == 9
    with pytest.raises(ValueError, match="no amount"):
        nearest_rank([])


def test_how_often_and_how_much_of_the_time():
    assert yearly(3, Decimal(5)) == Decimal("0.6")
    assert share_outside(["green", "amber", "red", "green"]) == Decimal("0.375")
    with pytest.raises(ValueError, match="above 0"):
        yearly(1, Decimal(0))
    with pytest.raises(ValueError, match="no reading"):
        share_outside([])


def test_methods_disagree_by_the_widest_distance():
    assert widest([2, None, 5]) == 3
    assert widest([4, 4]) == 0
    assert widest([4, None]) is None
