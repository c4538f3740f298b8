"""The lowest lawful and affordable prices, against the domain's worked example and slow `Decimal` lines."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.domain import floors


def value(expression: pl.Expr) -> int | None:
    return pl.select(expression).item()


def whole(number: int | None) -> pl.Expr:
    return pl.lit(number, pl.Int64)


def threshold(cost: int | None, advantages=None, transport=None, taxes=None, tax: int | None = 0, factor: int | None = 10_000):
    return value(floors.resale_threshold(*(whole(n) for n in (cost, advantages, transport, taxes, tax, factor))))


def up(exact: Decimal) -> int:
    return int(exact.to_integral_value(ROUND_CEILING))


def test_the_worked_example_of_the_resale_threshold_is_rounded_up():
    assert threshold(200, 500, 5) == 195
    assert threshold(200, 500, 5, factor=floors.FOOD_FACTOR) == 215  # 2.145 net
    assert threshold(200, 500, 5, tax=550, factor=floors.FOOD_FACTOR) == 227  # 2.262975


def test_specific_taxes_come_on_top_and_are_taxed_and_multiplied_too():
    assert threshold(200, 500, 5, 10) == 205
    assert threshold(200, 500, 5, 10, tax=2000, factor=floors.FOOD_FACTOR) == 271  # 2.05 x 1.1 x 1.2 = 2.706


def test_what_is_not_stated_beside_the_invoice_counts_as_none_and_without_an_invoice_there_is_no_threshold():
    assert threshold(200) == 200
    assert threshold(None, 500, 5) is None
    assert threshold(200, tax=None) is None
    assert threshold(200, factor=None) is None


def test_a_cost_is_covered_with_its_tax_and_the_cent_is_rounded_up():
    assert value(floors.covering_cost(whole(200), whole(2000))) == 240
    assert value(floors.covering_cost(whole(200), whole(0))) == 200
    assert value(floors.covering_cost(whole(199), whole(550))) == 210  # 2.09945


def test_a_margin_rate_is_a_share_of_the_net_price_and_not_of_the_cost():
    assert value(floors.leaving_margin(whole(150), 2500, whole(0))) == 200
    assert value(floors.leaving_margin(whole(150), 2500, whole(2000))) == 240
    assert value(floors.leaving_margin(whole(100), 3000, whole(0))) == 143  # 142.857
    assert value(floors.leaving_margin(whole(100), 0, whole(0))) == 100


@pytest.mark.parametrize("rate", [0, 210, 550, 1000, 2000])
def test_large_amounts_do_not_wrap(rate):
    assert threshold(10**12, tax=rate, factor=floors.FOOD_FACTOR) == up(
        Decimal(10**12) * Decimal("1.1") * (1 + Decimal(rate) / 10_000)
    )


amounts, rates = st.integers(0, 10**7), st.integers(0, 9_999)


@given(amounts, rates, amounts, amounts, rates, st.sampled_from([10_000, floors.FOOD_FACTOR]))
def test_any_threshold_is_the_first_whole_price_that_reaches_it(cost, advantages, transport, taxes, tax, factor):
    net = cost * (1 - Decimal(advantages) / 10_000) + transport + taxes
    exact = net * factor / 10_000 * (1 + Decimal(tax) / 10_000)
    assert threshold(cost, advantages, transport, taxes, tax, factor) == up(exact)


@given(amounts, rates, rates)
def test_at_the_lowest_price_the_margin_is_left_and_a_cent_below_it_is_not(cost, margin, tax):
    price = value(floors.leaving_margin(whole(cost), margin, whole(tax)))

    def left(shelf: int) -> bool:
        """(net - cost) / net >= margin, without a division."""
        return shelf * (10_000 - margin) >= cost * (10_000 + tax)

    assert left(price)
    assert price == 0 or not left(price - 1)
