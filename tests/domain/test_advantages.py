"""What a promotion is worth: the depths of the trade's table, and the caps that must not be missed by rounding."""

from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.domain.advantages import advantage, credited, deeper_than, depth
from pricewatch.domain.mechanics import MECHANICS

FOOD_CAP = 3400
OTHER_CAP = 4000
COLUMNS = ("mechanic", "price", "value", "quantity", "pay", "inner")


def row_of(mechanic: str | None, price: int | None, stated: dict[str, Any]) -> pl.DataFrame:
    types = dict(zip(COLUMNS, (pl.String, *([pl.Int64] * 4), pl.String), strict=True))
    return pl.DataFrame([{**dict.fromkeys(COLUMNS), "mechanic": mechanic, "price": price, **stated}], schema=types)


def share(mechanic: str | None, price: int | None, **stated: Any) -> tuple[int | None, int | None]:
    given, of = advantage(*(pl.col(name) for name in COLUMNS))
    return row_of(mechanic, price, stated).select(given.alias("given"), of.alias("of")).row(0)


def basis_points(mechanic: str | None, price: int | None, **stated: Any) -> int | None:
    given, of = share(mechanic, price, **stated)
    return pl.select(depth(pl.lit(given, pl.Int64), pl.lit(of, pl.Int64))).item()


def deeper(given: int | None, of: int | None, cap: int) -> bool | None:
    return pl.select(deeper_than(pl.lit(given, pl.Int64), pl.lit(of, pl.Int64), cap)).item()


@pytest.mark.parametrize(
    ("mechanic", "price", "stated", "tenths_of_a_percent"),
    [
        ("percent", 1299, {"value": 3000}, 300),
        ("amount", 1299, {"value": 300}, 231),
        ("fixed_price", 1299, {"value": 1000}, 230),
        ("n_for_price", 399, {"value": 1000, "quantity": 3}, 165),
        ("n_for_m", 399, {"quantity": 3, "pay": 2}, 333),
        ("nth_unit", 400, {"value": 5000, "quantity": 2}, 250),
        ("tier", 5000, {"value": 4500, "quantity": 50}, 100),
        ("extra_quantity", 1000, {"value": 2500}, 200),
        ("deferred_credit", 1000, {"value": 2000}, 200),
        ("coupon", 1299, {"value": 3000, "inner": "percent"}, 300),
    ],
)
def test_a_promotion_has_the_depth_of_the_table(
    mechanic: str, price: int, stated: dict[str, Any], tenths_of_a_percent: int
) -> None:
    found = basis_points(mechanic, price, **stated)
    assert found is not None
    assert (found + 5) // 10 == tenths_of_a_percent


@pytest.mark.parametrize(
    ("mechanic", "stated", "equivalent"),
    [
        ("nth_unit", {"value": 6800, "quantity": 2}, 3400),
        ("n_for_m", {"quantity": 3, "pay": 2}, 3333),
        ("n_for_m", {"quantity": 2, "pay": 1}, 5000),
        ("cheapest_free", {"quantity": 3}, 3333),
        ("extra_quantity", {"value": 5150}, 3399),
    ],
)
def test_multibuys_and_extra_content_have_an_equivalent_percentage(
    mechanic: str, stated: dict[str, int], equivalent: int
) -> None:
    assert basis_points(mechanic, 1000, **stated) == equivalent


def test_one_and_one_free_breaches_both_caps_and_two_and_one_free_neither() -> None:
    one_and_one, two_and_one = share("n_for_m", 1000, quantity=2, pay=1), share("n_for_m", 1000, quantity=3, pay=2)
    assert [deeper(*one_and_one, cap) for cap in (FOOD_CAP, OTHER_CAP)] == [True, True]
    assert [deeper(*two_and_one, cap) for cap in (FOOD_CAP, OTHER_CAP)] == [False, False]
    assert deeper(*share("nth_unit", 1000, value=6800, quantity=2), FOOD_CAP) is False


def test_one_cent_decides_over_the_cap() -> None:
    """Regular 2.95: 1.95 is 33.9 % off, 1.94 is 34.2 % off."""
    assert deeper(295 - 195, 295, FOOD_CAP) is False
    assert deeper(295 - 194, 295, FOOD_CAP) is True


def test_a_breach_that_rounding_would_hide_is_one() -> None:
    """34.001 % is 3400 basis points when rounded, and above 34 %."""
    given, of = 34_001, 100_000
    assert pl.select(depth(pl.lit(given), pl.lit(of))).item() == FOOD_CAP
    assert deeper(given, of, FOOD_CAP) is True


def test_credit_on_the_price_paid_and_on_the_regular_price_cumulate_to_a_breach() -> None:
    """-20 % at once and 20 % credited: 36 % where it is credited on the price paid, 40 % where on the regular price."""
    regular, paid = 1000, 800
    for base, together in ((paid, 360), (regular, 400)):
        credit = pl.select(credited(pl.lit(base, pl.Int64), pl.lit(2000))).item()
        assert regular - paid + credit == together
        assert deeper(together, regular, FOOD_CAP) is True


def test_a_fifth_of_ten_is_credited_as_two() -> None:
    assert pl.select(credited(pl.lit(1000, pl.Int64), pl.lit(2000))).item() == 200


@pytest.mark.parametrize("mechanic", ["bundle", "basket_threshold", "free_shipping", None, "raffle"])
def test_a_share_that_depends_on_what_else_is_bought_is_not_told(mechanic: str | None) -> None:
    assert share(mechanic, 1000, value=500, quantity=2, pay=1) == (None, None)
    assert deeper(None, None, FOOD_CAP) is None


@pytest.mark.parametrize("mechanic", ["percent", "n_for_m", "tier", "extra_quantity", "deferred_credit", "coupon"])
def test_a_promotion_that_is_not_fully_stated_has_no_share(mechanic: str) -> None:
    assert share(mechanic, 1000) == (None, None)


def test_nothing_has_no_depth() -> None:
    assert basis_points("percent", 0, value=1000) is None
    assert deeper(0, 0, FOOD_CAP) is None


@given(st.sampled_from(sorted(MECHANICS)), st.integers(1, 10**6), st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 6))
def test_no_promotion_gives_more_than_everything(mechanic: str, price: int, value: int, quantity: int, pay: int) -> None:
    given, of = share(mechanic, price, value=value, quantity=quantity, pay=pay, inner="percent")
    if given is not None:
        assert of is not None
        assert 0 <= given <= of


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 10_000))
def test_a_share_is_above_a_cap_exactly_when_the_fraction_is(given: int, of: int, cap: int) -> None:
    assert deeper(given, of, cap) == (Fraction(given, of) > Fraction(cap, 10_000))
