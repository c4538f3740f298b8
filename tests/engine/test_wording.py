"""Amounts and rates in words."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.engine.wording import amount, percent


@pytest.mark.parametrize(
    ("basis_points", "text"),
    [(0, "0"), (5, "0.05"), (50, "0.5"), (3400, "34"), (3330, "33.3"), (3333, "33.33"), (10_000, "100"), (None, None)],
)
def test_a_rate_has_no_needless_zeros(basis_points, text):
    assert pl.select(percent(pl.lit(basis_points, pl.Int64))).item() == text


@given(st.integers(0, 10**9))
def test_a_rate_read_again_is_the_same_rate(basis_points):
    assert Decimal(pl.select(percent(pl.lit(basis_points))).item()) * 100 == basis_points


def test_an_amount_has_the_decimals_of_its_currency():
    rows = pl.DataFrame({"price": [1299, 1299, 1299, None], "currency": ["EUR", "JPY", "KWD", "EUR"]})
    assert rows.select(by_name=amount("price"), by_value=amount(pl.col("price"))).rows() == [
        ("12.99", "12.99"),
        ("1299", "1299"),
        ("1.299", "1.299"),
        (None, None),
    ]
