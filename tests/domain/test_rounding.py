"""Rounding: which way, at which point, to which coin, to which ending; against slow lines of Decimal."""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.domain.errors import UserError
from pricewatch.domain.rounding import MODES, TOWARDS, Rounding, divided, rounded, to_ending, to_step

DECIMAL_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "up": ROUND_CEILING, "down": ROUND_DOWN}

modes = st.sampled_from(MODES)
some_endings = st.sets(st.integers(0, 99), min_size=1, max_size=4).map(lambda found: tuple(sorted(found)))


def ended(price: int | None, at_most: int | None, rounding: Rounding) -> int | None:
    return pl.select(to_ending(pl.lit(price, pl.Int64), rounding, pl.lit(at_most, pl.Int64))).item()


@pytest.mark.parametrize(
    ("mode", "five_halves", "seven_halves", "a_tenth", "nine_tenths", "two"),
    [("half_up", 3, 4, 0, 1, 2), ("half_even", 2, 4, 0, 1, 2), ("up", 3, 4, 1, 1, 2), ("down", 2, 3, 0, 0, 2)],
)
def test_a_fraction_goes_the_way_its_mode_says(
    mode: str, five_halves: int, seven_halves: int, a_tenth: int, nine_tenths: int, two: int
) -> None:
    numerators = pl.DataFrame({"tenths": [25, 35, 1, 9, 20]})
    found = numerators.select(divided(pl.col("tenths"), 10, mode)).to_series().to_list()
    assert found == [five_halves, seven_halves, a_tenth, nine_tenths, two]


@given(st.integers(0, 10**13), st.integers(1, 10**6), modes)
def test_a_quotient_is_rounded_as_decimal_rounds_it(numerator: int, denominator: int, mode: str) -> None:
    # Decimal divides to 28 places, so it is asked about the remainder, which it knows exactly.
    whole, rest = divmod(numerator, denominator)
    part = Decimal(rest) * 2 / Decimal(denominator * 2)
    exact = int((Decimal(whole % 2) + part).quantize(Decimal(1), DECIMAL_MODES[mode])) + whole - whole % 2
    assert pl.select(divided(pl.lit(numerator, pl.Int64), denominator, mode)).item() == exact


@given(st.integers(0, 10**13), st.integers(1, 10**6), modes)
def test_a_denominator_may_be_a_column_and_the_whole_may_be_wider_than_64_bits(
    numerator: int, denominator: int, mode: str
) -> None:
    row = pl.DataFrame({"n": [numerator], "d": [denominator]})
    narrow = row.select(divided(pl.col("n"), denominator, mode)).item()
    assert row.select(divided(pl.col("n"), pl.col("d"), mode)).item() == narrow
    assert row.select(divided(pl.col("n").cast(pl.Int128) * 10**18, pl.col("d").cast(pl.Int128) * 10**18, mode)).item() == narrow


@given(st.integers(0, 10**9), st.sampled_from([1, 100, 10_000]), modes, st.sampled_from([1, 5, 10, 50]))
def test_a_price_is_rounded_to_the_smallest_coin_in_one_go(numerator: int, denominator: int, mode: str, step: int) -> None:
    coins = (Decimal(numerator) / (denominator * step)).quantize(Decimal(1), DECIMAL_MODES[mode])
    assert pl.select(rounded(pl.lit(numerator, pl.Int64), denominator, Rounding(mode, step=step))).item() == int(coins) * step


@pytest.mark.parametrize(
    ("mode", "price", "in_coins"),
    [("half_up", 1298, 1300), ("half_up", 1297, 1295), ("down", 1299, 1295), ("up", 1296, 1300), ("half_up", 1300, 1300)],
)
def test_cash_is_paid_in_multiples_of_five(mode: str, price: int, in_coins: int) -> None:
    assert pl.select(to_step(pl.lit(price, pl.Int64), Rounding(mode, step=5))).item() == in_coins


def test_a_price_is_not_rounded_to_cents_on_its_way_to_the_coin() -> None:
    """0.0449 is 0.04 in cents and nothing in tens; by way of 0.045 -> 0.05 it would become 0.10."""
    assert pl.select(rounded(pl.lit(45, pl.Int64), 10, Rounding(step=10))).item() == 0


def test_the_lowest_lawful_promotion_price_is_rounded_up() -> None:
    """Article 125 of loi ASAP: 34 % off 2.95 is 1.947, and 1.94 would be too deep."""
    assert pl.select(rounded(pl.lit(295 * (10_000 - 3_400), pl.Int64), 10_000, Rounding("up"))).item() == 195


def test_the_threshold_of_resale_below_cost_is_rounded_up() -> None:
    """Code de commerce L442-5: 2.00 less 5 %, 0.05 transport: 1.95 net; x 1.10 (food) x 1.055 (tax) = 2.262975."""
    net = pl.lit(200, pl.Int64) * (10_000 - 500) + 5 * 10_000
    assert pl.select(rounded(net, 10_000, Rounding())).item() == 195
    gross_with_ten_percent = (net // 100) * 11_000 // 100 * 10_550
    assert pl.select(rounded(gross_with_ten_percent, 10_000 * 10_000, Rounding("up"))).item() == 227


@pytest.mark.parametrize(
    ("to", "price", "found"),
    [
        ("nearest", 1286, 1295),
        ("nearest", 1296, 1295),
        ("nearest", 1297, 1295),
        ("nearest", 1298, 1299),
        ("nearest", 1301, 1299),
        ("down", 1286, 1199),
        ("down", 1297, 1295),
        ("down", 1299, 1299),
        ("up", 1286, 1295),
        ("up", 1296, 1299),
        ("up", 1300, 1395),
        ("down", 50, 50),
        ("nearest", 50, 95),
        ("nearest", 0, 0),
        ("up", 0, 0),
    ],
)
def test_a_price_is_moved_to_a_wanted_ending(to: str, price: int, found: int) -> None:
    assert ended(price, 10_000, Rounding(endings=(99, 95), to=to)) == found


def test_an_ending_never_lifts_a_price_above_the_one_before_the_promotion() -> None:
    assert ended(1286, 1290, Rounding(endings=(99, 95))) == 1199
    assert ended(1286, 1290, Rounding(endings=(99, 95), to="up")) == 1286
    assert ended(50, 60, Rounding(endings=(99,))) == 50
    assert ended(1286, None, Rounding(endings=(99, 95))) == 1286


def test_endings_repeat_after_the_units_that_are_declared() -> None:
    assert ended(12_345, 99_999, Rounding(endings=(980,), unit=1_000)) == 11_980
    assert ended(12_345, 99_999, Rounding(endings=(0,), unit=10)) == 12_340


def test_no_price_has_no_ending_and_without_endings_every_price_stays() -> None:
    assert ended(None, 100, Rounding(endings=(99,))) is None
    assert ended(1286, 1300, Rounding()) == 1286


@given(st.integers(0, 10**6), st.integers(0, 10**4), some_endings, st.sampled_from(TOWARDS))
def test_an_ending_is_the_one_that_counting_cent_by_cent_finds(price: int, more: int, endings: tuple[int, ...], to: str) -> None:
    at_most = price + more
    below = next((p for p in range(price, max(price - 100, -1), -1) if p % 100 in endings), None)
    above = next((p for p in range(price, min(price + 100, at_most + 1)) if p % 100 in endings), None)
    ways = {"down": [below], "up": [above], "nearest": [below, above]}[to]
    nearest = sorted((abs(way - price), way) for way in ways if way is not None)
    expected = nearest[0][1] if nearest and price > 0 else price
    assert ended(price, at_most, Rounding(endings=endings, to=to)) == expected


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"mode": "half"}, "mode"),
        ({"point": "end"}, "point"),
        ({"to": "nearby"}, "to"),
        ({"step": 0}, "step"),
        ({"unit": 0}, "unit"),
        ({"endings": (99, 100)}, "endings"),
        ({"endings": (-1,)}, "endings"),
    ],
)
def test_a_policy_that_cannot_be_says_what_is_wrong_and_how_to_mend_it(wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(UserError) as told:
        Rounding(**wrong)
    assert told.value.where == where
    assert told.value.fix.startswith("write ")


@given(st.fractions(0, 10**6, max_denominator=1000), modes)
def test_no_mode_moves_a_price_by_a_whole_cent(exact: Fraction, mode: str) -> None:
    found = pl.select(divided(pl.lit(exact.numerator, pl.Int64), exact.denominator, mode)).item()
    assert abs(found - exact) < 1
