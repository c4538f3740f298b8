"""How far off is still right: both limits, met exactly, in currencies with and without minor units."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pricewatch.engine.checks import Tolerance


def exceeded(tolerance: Tolerance, delta: int | None, expected: int | None, *, unit: int = 100) -> bool | None:
    row = pl.DataFrame({"delta": [delta], "expected": [expected], "unit": [unit]}, schema_overrides={"delta": pl.Int64})
    verdict = row.select(tolerance.exceeded(pl.col("delta"), pl.col("expected"))).item()
    assert verdict is None or isinstance(verdict, bool)
    return verdict


def allowing(amount: str = "0", percent: str = "0") -> Tolerance:
    return Tolerance(amount=Decimal(amount), percent=Decimal(percent))


def test_without_a_tolerance_one_cent_is_wrong_and_none_is_right():
    assert exceeded(Tolerance(), 1, 1299)
    assert exceeded(Tolerance(), -1, 1299)
    assert not exceeded(Tolerance(), 0, 1299)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_tolerance_that_is_met_exactly_is_right_whichever_side(sign):
    assert not exceeded(allowing(amount="0.05"), sign * 5, 1299)
    assert exceeded(allowing(amount="0.05"), sign * 6, 1299)
    assert not exceeded(allowing(percent="1"), sign * 10, 1000)
    assert exceeded(allowing(percent="1"), sign * 11, 1000)


def test_wrong_only_beyond_both_limits_so_that_cheap_and_dear_items_are_protected():
    both = allowing(amount="0.05", percent="1")
    assert not exceeded(both, 4, 99)  # 4 % of a cheap item, but four cents
    assert not exceeded(both, 500, 100_000)  # five dollars, but half a percent of a dear one
    assert exceeded(both, 6, 99)


def test_an_amount_is_in_the_currency_whatever_its_minor_units():
    assert not exceeded(allowing(amount="10"), 10, 1299, unit=1)  # ten yen
    assert exceeded(allowing(amount="10"), 11, 1299, unit=1)
    assert not exceeded(allowing(amount="0.005"), 5, 1299, unit=1000)  # five fils
    assert exceeded(allowing(amount="0.005"), 6, 1299, unit=1000)


def test_anything_is_off_a_price_of_zero_and_nothing_is_off_a_price_that_is_not_stated():
    assert exceeded(allowing(percent="50"), 1, 0)
    assert exceeded(Tolerance(), None, 1299) is None
    assert exceeded(Tolerance(), 1, None) is None


@pytest.mark.parametrize("limits", [{"amount": -1}, {"percent": -1}, {"cents": 5}])
def test_a_tolerance_below_zero_or_of_another_kind_is_refused(limits):
    with pytest.raises(ValidationError):
        Tolerance(**limits)


@given(
    delta=st.integers(-5_000, 5_000),
    expected=st.integers(0, 20_000),
    amount=st.integers(0, 2_000),
    percent=st.integers(0, 3_000),
    unit=st.sampled_from([1, 100, 1000]),
)
def test_the_verdict_is_what_decimal_arithmetic_says(delta, expected, amount, percent, unit):
    tolerance = allowing(str(Decimal(amount) / 1000), str(Decimal(percent) / 100))
    beyond_amount = Decimal(abs(delta)) / unit > tolerance.amount
    beyond_percent = Decimal(abs(delta)) * 100 > expected * tolerance.percent
    assert exceeded(tolerance, delta, expected, unit=unit) is (beyond_amount and beyond_percent)
