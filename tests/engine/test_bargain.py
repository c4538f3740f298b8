"""What promotions are worth together, against slow lines of exact fractions."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.engine.bargain import Bargain, best_bargain


def bargain(units: int, paid: int, list_price: int, extra: int, credit: tuple[int, int], credit_on: str) -> Bargain:
    amounts = (pl.lit(value, pl.Int64) for value in (units, paid, list_price, extra, *credit))
    return Bargain(*amounts, credit_on=credit_on)


def value(expression: pl.Expr) -> int | bool | None:
    return pl.select(expression).item()


def slow(units: int, paid: int, list_price: int, extra: int, credit: tuple[int, int], credit_on: str) -> Fraction:
    """The advantage as a share of what all the content is worth."""
    worth = units * list_price * (1 + Fraction(extra, 10_000))
    credited = Fraction(*credit) * (paid if credit_on == "paid" else units * list_price)
    return 1 - (paid - credited) / worth


purchases = st.tuples(
    st.integers(1, 12),
    st.integers(0, 2_000_000_000),
    st.integers(1, 10_000_000_000),
    st.sampled_from([0, 0, 500, 2500, 5150, 5152, 10_000]),
    st.one_of(st.just((0, 1)), st.integers(1, 10**9).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))),
    st.sampled_from(["paid", "regular"]),
)


@given(purchases, st.sampled_from([2000, 3400, 4000, 9999, 10_000, 0]))
def test_a_limit_is_exceeded_exactly_when_the_share_is_larger(purchase, limit):
    assert value(bargain(*purchase).exceeds(pl.lit(limit))) == (slow(*purchase) > Fraction(limit, 10_000))


@given(purchases)
def test_the_percentage_is_the_share_rounded_up_to_a_basis_point(purchase):
    assert value(bargain(*purchase).percent) == ceil(slow(*purchase) * 10_000)


@given(purchases, st.sampled_from([2000, 3400, 4000]))
def test_the_lowest_amount_keeps_the_limit_and_one_minor_unit_less_does_not(purchase, limit):
    units, _, list_price, *others = purchase
    least = value(bargain(*purchase).lowest(pl.lit(limit)))
    share = Fraction(limit, 10_000)
    if least is None:
        assert slow(units, units * list_price, list_price, *others) > share
    else:
        assert slow(units, least, list_price, *others) <= share
        assert slow(units, least - 1, list_price, *others) > share


@pytest.mark.parametrize(
    ("purchase", "percent"),
    [
        ((1, 800, 1000, 0, (1, 5), "paid"), 3600),
        ((1, 800, 1000, 0, (1, 5), "regular"), 4000),
        ((2, 399, 399, 0, (0, 1), "paid"), 5000),
        ((3, 798, 399, 0, (0, 1), "paid"), 3334),
        ((1, 300, 300, 2500, (0, 1), "paid"), 2000),
        ((1, 1000, 1000, 0, (1, 5), "paid"), 2000),
        ((1, 194, 295, 0, (0, 1), "paid"), 3424),
        ((1, 195, 295, 0, (0, 1), "paid"), 3390),
        ((2, 200 + 64, 200, 0, (0, 1), "paid"), 3400),
    ],
)
def test_the_worked_examples_of_the_trade(purchase, percent):
    """20 % off and 20 % credited; 1+1; 2+1; +25 %; credit alone; 2.95 to 1.94 and 1.95; the second item at -68 %."""
    assert value(bargain(*purchase).percent) == percent


def test_a_multibuy_counts_where_it_is_cheaper_than_as_many_single_units():
    offers = pl.DataFrame(
        {
            "price": [399, 399, 300, 399, 0],
            "list_price": [399, 399, 399, 399, 0],
            "expected_price": [399, 399, 360, None, 0],
            "multibuy_quantity": [3, 3, 3, None, None],
            "multibuy_paid": [1000, 1197, 1000, None, None],
            "extra": [None, 1000, None, None, None],
            "credit": [None, None, 72, 40, 1],
        },
        schema_overrides=dict.fromkeys(("expected_price", "multibuy_quantity", "multibuy_paid", "extra", "credit"), pl.Int64),
    )
    best = best_bargain(pl.col("price"), "paid")
    found = offers.select(units=best.units, paid=best.paid, extra=best.extra, credit=best.credit, of=best.credit_of)
    assert found.rows() == [
        (3, 1000, 0, 0, 399),
        (1, 399, 1000, 0, 399),
        (1, 300, 0, 72, 360),
        (1, 399, 0, 40, 399),
        (1, 0, 0, 0, 1),
    ]
