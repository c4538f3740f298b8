"""Medians of past prices and of other places, against a slow expansion of one price for every day."""

from __future__ import annotations

from datetime import timedelta
from statistics import median_low

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.domain import tables
from pricewatch.engine.usual import in_other_places, in_the_past
from pricewatch.testing import SEEN


def history(changes: list[tuple[int, int | None]], *, seller: str | None = None) -> pl.LazyFrame:
    """One product's history: (days before it was seen, price)."""
    rows = [
        {"item": 0, "place": 0, "seller": seller, "price": price, "since": SEEN - timedelta(days=days), "until": SEEN}
        for days, price in changes
    ]
    return pl.LazyFrame(rows, schema=tables.schema("history"))


OFFER = pl.LazyFrame(
    {"item": [0], "place": [0], "observed_at": [SEEN]}, schema={"item": pl.Int32, "place": pl.Int32, "observed_at": tables.UTC}
)


def usual(changes: list[tuple[int, int | None]], days: int = 30) -> list[tuple[int, int, int]]:
    found = in_the_past(OFFER, history(changes), days=days).collect()
    return found.select("usual", "spread", "prices").rows()


def test_a_price_counts_by_the_days_it_was_in_force():
    """Three nights at 7.99 do not outweigh twenty-seven at 9.99, though both are one row of the history."""
    assert usual([(40, 999), (3, 799)]) == [(999, 0, 30)]
    assert usual([(40, 999), (16, 799)]) == [(799, 0, 30)]


def test_of_two_prices_half_of_the_time_each_the_lower_one_is_usual():
    assert usual([(40, 999), (15, 799)]) == [(799, 0, 30)]


def test_days_before_the_window_do_not_count_and_what_was_in_force_when_it_began_does():
    assert usual([(300, 100), (200, 999), (10, 799)]) == [(999, 0, 30)]
    assert usual([(300, 100), (200, 999), (10, 799)], days=8) == [(799, 0, 8)]


def test_a_short_past_says_how_short_it_is():
    assert usual([(3, 999)]) == [(999, 0, 3)]
    assert usual([]) == []
    assert usual([(3, None)]) == []


def test_the_spread_is_the_median_of_the_distances():
    assert usual([(10, 100), (8, 110), (6, 120), (4, 130), (2, 200)], days=10) == [(120, 10, 10)]


def test_what_other_sellers_charged_there_is_not_usual_here():
    assert in_the_past(OFFER, history([(20, 999)], seller="Acme"), days=30).collect().is_empty()


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 500)), min_size=1, max_size=8, unique_by=lambda change: change[0]))
def test_it_is_the_lower_median_of_one_price_a_day(changes: list[tuple[int, int]]):
    changes = sorted(changes, reverse=True)
    daily = [
        price
        for day in range(30, 0, -1)
        for price in [next((p for d, p in reversed(changes) if d >= day), None)]
        if price is not None
    ]
    middle = median_low(daily)
    spread = median_low([abs(price - middle) for price in daily])
    assert usual(list(changes)) == [(middle, spread, len(daily))]


@given(st.lists(st.integers(0, 500), min_size=1, max_size=9))
def test_among_places_it_is_the_lower_median_of_what_they_show(prices: list[int]):
    shown = pl.LazyFrame(
        {"market": "us", "channel_kind": "store", "item": 0, "price": prices}, schema_overrides={"price": pl.Int64}
    )
    middle = median_low(prices)
    spread = median_low([abs(price - middle) for price in prices])
    assert in_other_places(shown).collect().select("usual", "spread", "prices").rows() == [(middle, spread, len(prices))]
