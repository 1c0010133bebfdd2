from datetime import date
from decimal import Decimal

import pytest

from risk.rules.indicators import band_of, is_stale, share_from_text, worse_of
from risk.rules.ratings import Judgement, judge, may_remain


@pytest.mark.parametrize(
    ("value", "band"),
    [("4.99", "green"), ("5", "amber"), ("7.99", "amber"), ("8", "red")],
)
def test_a_bound_belongs_to_the_worse_band(value, band):
    assert band_of(Decimal(value), amber=Decimal(5), red=Decimal(8)) == band


@pytest.mark.parametrize(
    ("value", "band"), [("121", "green"), ("120", "amber"), ("110", "amber"), ("100", "red"), ("-1", "red")]
)
def test_danger_below_reads_the_other_way(value, band):
    assert band_of(Decimal(value), amber=Decimal(120), red=Decimal(100)) == band


def test_equal_bounds_are_refused_with_a_sentence():
    with pytest.raises(ValueError, match="amber and red are both 5"):
        band_of(Decimal(1), amber=Decimal(5), red=Decimal(5))


def test_red_is_worse_than_amber_whichever_comes_first():
    assert (worse_of("red", "amber"), worse_of("amber", "red"), worse_of("", "green")) == ("red", "red", "green")


@pytest.mark.parametrize(
    ("day", "stale"), [(date(2026, 3, 7), False), (date(2026, 3, 6), True), (date(2026, 3, 11), False), (None, True)]
)
def test_a_reading_is_stale_after_more_days_than_allowed(day, stale):
    assert is_stale(day, today=date(2026, 3, 10), after_days=3) is stale


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("5%", "0.05"),
        ("0.05", "0.05"),
        ("0,05", "0.05"),
        ("150 %", "1.5"),
        ("5％", "0.05"),
        ("-3%", "-0.03"),
        ("1", "1"),
    ],
)
def test_a_share_is_read_from_percent_or_fraction(text, share):
    assert share_from_text(text) == Decimal(share)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("5", "ambiguous"),
        ("-1.01", "ambiguous"),
        ("five", "not a number"),
        ("", "not a number"),
        ("NaN", "not a number"),
    ],
)
def test_a_share_that_may_mean_two_things_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        share_from_text(text)


CELLS = {
    (1, 1): Judgement(1, "low"),
    (1, 2): Judgement(2, "low"),
    (2, 1): Judgement(2, "medium"),
    (2, 2): Judgement(4, "high"),
}


def test_a_judgement_is_what_stands_in_the_matrix_not_a_product():
    assert judge(CELLS, likelihood=2, impact=1) == Judgement(2, "medium")


@pytest.mark.parametrize(("likelihood", "impact"), [(0, 1), (3, 1), (1, 3)])
def test_a_place_outside_the_matrix_is_refused(likelihood, impact):
    with pytest.raises(ValueError, match="choose each from 1 to 2"):
        judge(CELLS, likelihood=likelihood, impact=impact)


def test_controls_never_make_a_risk_graver():
    grave, slight = Judgement(12, "high"), Judgement(6, "medium")

    assert not may_remain(grave, inherent=slight)
    assert may_remain(slight, inherent=grave)
    assert may_remain(grave, inherent=grave)
    assert may_remain(grave, inherent=None)
