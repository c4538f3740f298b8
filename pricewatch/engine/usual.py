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
    usual = _median(prices, key, "price").rename({"price": "usual"})
    away = prices.join(usual.drop("weight"), on=key, how="inner").with_columns(away=(pl.col("price") - pl.col("usual")).abs())
    spread = _median(away, key, "away").rename({"away": "spread"})
    return usual.join(spread.drop("weight"), on=key, how="inner", validate="1:1")


def _median(rows: pl.LazyFrame, key: list[str], value: str) -> pl.LazyFrame:
    """The lowest value up to which lies half of the weight, and the sum of weights; one row a key."""
    reached = pl.col("weight").cum_sum().over(key)
    total = pl.col("weight").sum().over(key)
    return (
        rows.sort(*key, value)
        .with_columns(_half=reached * 2 >= total, _total=total)
        .filter("_half")
        .group_by(key)
        .agg(pl.col(value).min(), weight=pl.col("_total").first())
    )
