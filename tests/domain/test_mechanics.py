"""What a promotion makes of a price, by the tables of the trade."""

from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.domain.mechanics import MECHANICS, reduced

mechanics = st.sampled_from(sorted(MECHANICS))


def price_of(mechanic: str | None, price: int | None, value: int | None) -> int | None:
    row = pl.DataFrame(
        {"mechanic": [mechanic], "price": [price], "value": [value]},
        schema={"mechanic": pl.String, "price": pl.Int64, "value": pl.Int64},
    )
    return row.select(reduced(pl.col("mechanic"), pl.col("price"), pl.col("value"))).item()


@pytest.mark.parametrize(
    ("mechanic", "price", "value", "paid"),
    [
        ("percent", 1299, 3000, 909),
        ("percent", 4995, 1000, 4496),  # 44.955: rounding the discount first would give 44.95
        ("percent", 1299, 10_000, 0),
        ("percent", 1299, 12_000, 0),
        ("percent", 1, 5000, 1),
        ("percent", 1299, 0, 1299),
        ("amount", 1299, 300, 999),
        ("amount", 1299, 1300, 0),
        ("fixed_price", 1299, 1000, 1000),
        ("fixed_price", 1299, 1399, 1299),
        ("member_price", 349, 299, 299),
        ("member_price", 349, 399, 349),
    ],
)
def test_a_promotion_makes_the_price_of_the_table(mechanic: str, price: int, value: int, paid: int) -> None:
    assert price_of(mechanic, price, value) == paid


@given(mechanics, st.integers(0, 10**9), st.integers(0, 10**9))
def test_no_promotion_makes_a_price_negative_or_dearer(mechanic: str, price: int, value: int) -> None:
    paid = price_of(mechanic, price, value)
    assert paid is not None
    assert 0 <= paid <= price


@given(st.integers(0, 10**7), st.integers(0, 10_000))
def test_percent_off_is_decimal_arithmetic_rounded_half_up(price: int, value: int) -> None:
    exact = Decimal(price) * (1 - Decimal(value) / 10_000)
    assert price_of("percent", price, value) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(mechanics, st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_dearer_product_is_never_cheaper_than_a_cheaper_one_under_the_same_promotion(
    mechanic: str, price: int, more: int, value: int
) -> None:
    cheap, dear = price_of(mechanic, price, value), price_of(mechanic, price + more, value)
    assert cheap is not None
    assert dear is not None
    assert cheap <= dear


@pytest.mark.parametrize(
    ("mechanic", "price", "value"), [(None, 1, 1), ("percent", None, 1), ("percent", 1, None), ("raffle", 1, 1)]
)
def test_what_is_not_stated_has_no_price(mechanic: str | None, price: int | None, value: int | None) -> None:
    assert price_of(mechanic, price, value) is None
