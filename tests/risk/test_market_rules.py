"""Value at risk and its back-tests against published answers and two decades of an index."""

import csv
import gzip
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.rules.market import historical_var, kupiec_pof, traffic_light

SP500 = Path(__file__).resolve().parents[3] / "shared/data/market/sp500.csv.gz"


def test_kupiec_of_mathworks_documentation():
    test = kupiec_pof(1043, 57, 0.95)

    assert test.statistic == pytest.approx(0.46147, abs=5e-6)
    assert test.p_value == pytest.approx(0.49694, abs=5e-6)


def test_kupiec_at_its_edges():
    assert kupiec_pof(250, 0, 0.99).statistic == pytest.approx(-2 * 250 * math.log(0.99))
    assert kupiec_pof(5, 5, 0.99).statistic == pytest.approx(-2 * 5 * math.log(0.01))
    assert kupiec_pof(100, 5, 0.95) == kupiec_pof(np.int64(100), np.int64(5), 0.95)
    assert kupiec_pof(100, 5, 0.95).p_value == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("failures", range(0, 31))
def test_the_basel_zones_of_250_days_at_99_percent(failures):
    zone = "green" if failures <= 4 else "yellow" if failures <= 9 else "red"

    assert traffic_light(250, failures, 0.99) == zone


@given(st.integers(1, 2000), st.sampled_from([0.95, 0.975, 0.99, 0.999]), st.data())
def test_more_failures_never_make_a_better_zone(observations, level, draw):
    fewer = draw.draw(st.integers(0, observations - 1))
    zones = ["green", "yellow", "red"]

    assert zones.index(traffic_light(observations, fewer, level)) <= zones.index(
        traffic_light(observations, fewer + 1, level)
    )


@pytest.mark.parametrize("check", [kupiec_pof, traffic_light])
@pytest.mark.parametrize(
    ("observations", "failures", "level", "sentence"),
    [
        (0, 0, 0.99, "0 observations"),
        (10, 11, 0.99, "11 failures"),
        (10, -1, 0.99, "-1 failures"),
        (10.5, 1, 0.99, "whole numbers"),
        (10, 1, 99, "fraction between 0 and 1"),
        (10, 1, 1, "fraction between 0 and 1"),
    ],
)
def test_impossible_back_tests_get_a_sentence(check, observations, failures, level, sentence):
    with pytest.raises(ValueError, match=sentence):
        check(observations, failures, level)


def test_historical_var_is_the_linear_quantile_of_losses():
    returns = [-0.05, -0.04, -0.03, -0.02, -0.01, 0.0, 0.01, 0.02, 0.03, 0.04, 0.05]

    assert historical_var(returns, 0.9) == pytest.approx(0.04)
    assert historical_var(returns, 0.95) == pytest.approx(0.045)
    assert historical_var([0.01], 0.99) == pytest.approx(-0.01)


@pytest.mark.parametrize("returns", [[], [0.1, math.nan], [math.inf], [[0.1], [0.2]]])
def test_returns_that_are_none_are_refused(returns):
    with pytest.raises(ValueError, match="at least one return"):
        historical_var(returns, 0.99)


@pytest.mark.skipif(not SP500.exists(), reason=f"{SP500} is not on this machine")
def test_rolling_back_test_over_the_sp_500():
    with gzip.open(SP500, "rt") as file:
        prices = np.array([float(row["Adj Close"]) for row in csv.DictReader(file)])
    returns = np.diff(np.log(prices))
    days = range(250, len(returns))

    historical = sum(bool(returns[day] < -historical_var(returns[day - 250 : day], 0.99)) for day in days)
    windows = np.lib.stride_tricks.sliding_window_view(returns, 250)[:-1]
    normal = int((returns[250:] < windows.mean(axis=1) - 2.3263478740408408 * windows.std(axis=1, ddof=1)).sum())

    assert (len(returns), len(days), historical, normal) == (5030, 4780, 81, 117)
    assert max(kupiec_pof(4780, failures, 0.99).p_value for failures in (81, 117)) < 0.001
    assert [traffic_light(4780, failures, 0.99) for failures in (81, 117)] == ["red", "red"]
