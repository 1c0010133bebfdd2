from decimal import Decimal

import pytest

from assessment.rules.calibration import Forecast, brier_score, hit_rate, suggested_weight
from risk.rules.statistics import wilson_interval


def forecasts(*pairs):
    return [Forecast(probability, came_true) for probability, came_true in pairs]


def test_the_score_of_scikit_learns_example():
    # sklearn.metrics.brier_score_loss([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]) is 0.0375.
    said = forecasts((0.1, False), (0.9, True), (0.8, True), (0.3, False))

    assert brier_score(said) == pytest.approx(0.0375)


def test_a_coin_scores_a_quarter_and_certainty_0_or_1():
    assert brier_score(forecasts((0.5, True), (0.5, False))) == 0.25
    assert brier_score(forecasts((1, True))) == 0
    assert brier_score(forecasts((1, False))) == 1
    assert brier_score([]) is None


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_score_intervals_are_those_of_newcombe(hits, trials, low, high):
    # R. G. Newcombe, Statistics in Medicine 17, 1998, table I, method 3.
    found = wilson_interval(hits, trials)

    assert found == (pytest.approx(low, abs=0.00005), pytest.approx(high, abs=0.00005))


def test_a_share_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no share"):
        wilson_interval(0, 0)


def test_intervals_that_were_not_given_do_not_count():
    said = [Forecast(0.2, False, inside=True), Forecast(0.2, False, inside=False), Forecast(0.2, False)]

    found = hit_rate(said)

    assert (found.hits, found.intervals, found.share, found.stated) == (1, 2, 0.5, 0.9)
    assert hit_rate(said[2:]) is None


def test_a_weight_is_suggested_from_five_forecasts_on():
    always = forecasts(*[(1, True)] * 5)

    assert suggested_weight(always[:4]) is None
    assert suggested_weight(always) == Decimal("2.0")
    assert suggested_weight(forecasts(*[(0.5, True)] * 5)) == Decimal("1.0")
    assert suggested_weight(forecasts(*[(1, False)] * 5)) == Decimal("0.5")


def test_intervals_that_are_too_narrow_cost_weight():
    narrow = [Forecast(0.0, False, inside=False)] * 5

    assert suggested_weight(narrow) == Decimal("1.8")
