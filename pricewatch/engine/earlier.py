"""Prices shown before pricewatch was there, as a shop's own export tells them: seeds of the change-only history.

Only products and places of which nothing was ever observed take their history from there: what was observed beats what was told.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain import tables, windows
from pricewatch.domain.texts import formatted
from pricewatch.engine.match import match
from pricewatch.engine.normalise import normalise
from pricewatch.engine.world import World


def told_history(raw: pl.LazyFrame, world: World, items: pl.DataFrame, places: pl.DataFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """`tables.History` rows, and `tables.Quarantine` of what could not be read.

    In: `tables.Raw` rows with `since` and `until` as text, days (the last one included) or times. An `until` that is empty, and
    one after the audit's instant, is that instant.
    """
    zones = sorted(set(world.sources["time_zone"].to_list()))
    dated = raw.join(world.sources.lazy().select("source", "time_zone"), on="source", how="left", validate="m:1").with_columns(
        _since=windows.by_zone(pl.col("time_zone"), zones, lambda zone: windows.window_start(pl.col("since"), zone)),
        _until=windows.by_zone(pl.col("time_zone"), zones, lambda zone: windows.window_end(pl.col("until"), zone)),
    )
    unread = pl.col("_until").is_null() & (pl.col("until").fill_null("").str.strip_chars() != "")
    backwards = pl.col("_since").is_null() | unread | (pl.col("_until") <= pl.col("_since")).fill_null(False)
    refusals = (
        pl.when(backwards)
        .then(formatted("since '{}' until '{}' is no window", pl.col("since").fill_null(""), pl.col("until").fill_null("")))
        .when(pl.col("_since") >= world.as_of)
        .then(formatted("since '{}' is after the instant the night is judged at", pl.col("since")))
    )
    text = [*tables.schema("raw"), "since", "until"]
    dated = dated.with_columns(reason=refusals)
    refused = dated.filter(pl.col("reason").is_not_null()).select(
        "source",
        "source_ref",
        pl.lit("history").alias("feeds"),
        "reason",
        pl.struct(text).struct.json_encode().alias("row"),
    )
    good = dated.filter(pl.col("reason").is_null())
    read = normalise(
        good.drop("since", "until", "_since", "_until", "time_zone", "reason").with_columns(observed_at=pl.lit(None, pl.String)),
        world,
    )
    matched = match(read.offers, world, items, places)
    known, unknown = matched.filter(pl.col("item").is_not_null()), matched.filter(pl.col("item").is_null())
    times = good.select(
        "source", "source_ref", since="_since", until=pl.min_horizontal(pl.col("_until").fill_null(world.as_of), world.as_of)
    )
    history = (
        known.join(times, on=["source", "source_ref"], how="inner", validate="1:1")
        .select(list(tables.schema("history")))
        .sort("item", "place", "seller", "since")
    )
    strangers = unknown.select(
        "source",
        "source_ref",
        pl.lit("history").alias("feeds"),
        formatted("product '{}' is not in the catalogue", pl.coalesce("sku", "external_id", pl.lit(""))).alias("reason"),
        pl.lit(None, pl.String).alias("row"),
    )
    return history, pl.concat([refused, read.quarantine.with_columns(feeds=pl.lit("history")), strangers])


def seeded(history: pl.LazyFrame, told: pl.LazyFrame) -> pl.LazyFrame:
    """Observed history, with what was told of products and places that were never observed."""
    key = ["item", "place", "seller"]
    return pl.concat([history, told.join(history.select(key).unique(), on=key, how="anti", nulls_equal=True)])
