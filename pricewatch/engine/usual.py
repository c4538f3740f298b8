"""What a product usually costs: the median of its own past or of other places, and how far prices usually lie from it.

    past 30 days     9.99 for 27 days, 7.99 for 3     usual 9.99, spread 0.00: half of the time it cost just that
    14 stores        9.99 in 12, 10.49, 0.99          usual 9.99, spread 0.00

Median and MAD (median absolute deviation) do not move for a few wrong prices, which mean and standard deviation do. A price list
changes rarely and its history has one row a change, so past prices count by how long they were in force: a day is one price. Of
an even number of prices the lower middle one is the median, so that money stays whole.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

OFFER = ["item", "place"]
PEERS = ["market", "channel_kind", "item"]

DAY = timedelta(days=1) // timedelta(microseconds=1)
"""Microseconds."""


def in_the_past(offers: pl.LazyFrame, history: pl.LazyFrame, *, days: int) -> pl.LazyFrame:
    """`item`, `place`, `usual`, `spread` (Int64 minor units), `prices` (Int64: days known); one row each, none without a past.

    In: own offers, one an item and place, with `observed_at`; `tables.History`. The window is the `days` before the offer was
    seen. A price is in force from when it was first seen until the next one was, the last one until the offer was seen.
    """
    asked = offers.select(*OFFER, "observed_at")
    gone = pl.col("since").shift(-1).over(OFFER).fill_null(pl.col("observed_at"))
    begun = pl.max_horizontal("since", pl.col("observed_at") - pl.duration(days=days))
    told = (
        history.filter(pl.col("seller").is_null(), pl.col("price").is_not_null())
        .join(asked, on=OFFER, how="inner")
        .filter(pl.col("since") < pl.col("observed_at"))
        .sort(*OFFER, "since")
        .with_columns(weight=(gone - begun).dt.total_microseconds())
        .filter(pl.col("weight") > 0)
        .select(*OFFER, "price", "weight")
    )
    return _middle(told, OFFER).with_columns(prices=pl.col("weight") // DAY).drop("weight")


def in_other_places(offers: pl.LazyFrame) -> pl.LazyFrame:
    """`PEERS`, `usual`, `spread` (Int64 minor units), `prices` (Int64: places); one row a product and kind of channel.

    In: own comparable offers with `price`. The median is over all places, the judged one among them: of several, one price does
    not move it.
    """
    shown = offers.select(*PEERS, "price", weight=pl.lit(1, pl.Int64))
    return _middle(shown, PEERS).rename({"weight": "prices"})


def _middle(prices: pl.LazyFrame, key: list[str]) -> pl.LazyFrame:
    """`usual` and `spread` of each key, by `weight`; and the sum of weights."""
    # windows instead of aggregates that are joined again: what the prices come from is worked out once
    away = (pl.col("price") - pl.col("usual")).abs()
    total = pl.col("weight").sum().over(key)
    return (
        prices.with_columns(_total=total)
        .sort(*key, "price")
        .with_columns(usual=_median("price", key))
        .with_columns(_away=away)
        .sort(*key, "_away")
        .with_columns(spread=_median("_away", key))
        .group_by(key)
        .agg(pl.col("usual", "spread").first(), weight=pl.col("_total").first())
    )


def _median(value: str, key: list[str]) -> pl.Expr:
    """The lowest value up to which lies half of the weight. In: rows sorted by key and value."""
    reached = pl.col("weight").cum_sum().over(key)
    return pl.when(reached * 2 >= pl.col("_total")).then(value).min().over(key)
