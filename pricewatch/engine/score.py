"""How consistent a night was, by market, channel, store and category: shares that can be followed over nights.

    consistent   offers held against a decided price or their leader's, and right          4 150 of 4 237
    on_time      promotions in force or just ended, place by place, that were executed      310 of   325
    listed       products that must be listed in a place, and were seen there             1 190 of 1 196
    open_days    days that the findings still open have been open, over all of them         640 over 84
    decided      comparable offers that somebody decided a price for                      4 237 of 6 969
    zoned        products priced in several zones, and not at one price                     120 of   600
    changed      list prices that changed within four weeks                                  85 of   600

Shares stay whole numbers, good of total, so that any two of them can be added up.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine.findings import CHARGED
from pricewatch.engine.incidents import ACTIVE
from pricewatch.engine.seen import Seen
from pricewatch.engine.world import World

PROMOTIONS = ("promotion_missing", "promotion_stale", "promotion_early")
"""Kinds whose findings say that a promotion was not executed on time."""

FOUR_WEEKS = timedelta(weeks=4)

KEY = ["market", "channel", "location", "category"]

SCOPES = {"market": "market", "channel": "channel", "store": "location", "category": "category"}
"""What scores are told by, and the column that says which."""


def scores(
    findings: pl.DataFrame,
    seen: Seen,
    listed: pl.DataFrame,
    points: pl.DataFrame,
    world: World,
    items: pl.DataFrame,
    places: pl.DataFrame,
) -> pl.DataFrame:
    """`tables.Scores` of one night, sorted; no row where there is nothing to share out.

    In: reconciled findings; what was seen; `listed`, how many products each place must list by category (`place`, `category`,
    `listed`); the night's price points; its codes.
    """
    where = places.select("place", "market", "channel", "location")
    products = world.central.products.join(items, on="sku", how="inner").select("item", "category")
    active = findings.filter(pl.col("state").is_in(list(ACTIVE)))
    held = _held(seen.own, where, products)
    counted = [
        _consistent(active, held),
        _on_time(active, seen.own, world, where, products),
        _listed(active, listed, where),
        _open_days(active, world),
        _decided(held),
        *_policy(points, world),
    ]
    told = [
        measured.filter(pl.col(column).is_not_null())
        .group_by("market", value=column)
        .agg(pl.col("good", "total").sum())
        .with_columns(scope=pl.lit(scope), measure=pl.lit(measure))
        for measure, measured in counted
        for scope, column in SCOPES.items()
        if column in measured.columns
    ]
    rows = pl.concat([row.select("market", "scope", "value", "measure", "good", "total") for row in told])
    return (
        rows.filter(pl.col("total") > 0)
        .with_columns(night=pl.lit(world.night))
        .select(pl.col(name).cast(dtype) for name, dtype in tables.schema("scores").items())
        .sort("market", "scope", "value", "measure")
    )


Measured = tuple[str, pl.DataFrame]
"""A measure's name, and `good` and `total` with the columns of `SCOPES` that it can be told by."""


def _consistent(active: pl.DataFrame, held: pl.DataFrame) -> Measured:
    wrong = active.filter(pl.col("subject").is_in(CHARGED), pl.col("seller").is_null(), pl.col("sku").is_not_null())
    offers = wrong.select(*KEY, "sku").unique().group_by(KEY).agg(bad=pl.len().cast(pl.Int64))
    return "consistent", _shared(held.filter("good").group_by(KEY).agg(total=pl.col("n").sum()), offers, KEY)


def _on_time(active: pl.DataFrame, seen: Seen, world: World, where: pl.DataFrame, products: pl.DataFrame) -> Measured:
    """A promotion and place each once: executed where nothing of it is missing, left standing or brought forward."""
    key = [*KEY, "promotion"]
    calendar = world.central.promotions.select(pl.int_range(pl.len(), dtype=pl.Int32).alias("row"), "promotion")
    running = pl.concat(
        seen.situations.filter(pl.col(column).is_not_null()).select("situation", "item", row=column)
        for column in ("promotion_row", "member_promotion_row")
    )
    named = running.join(calendar, on="row").join(products, on="item", how="left")
    given = seen.by_place(named, "category", "promotion").join(where, on="place").select(key)
    failed = active.filter(pl.col("check").is_in(PROMOTIONS), pl.col("promotion").is_not_null()).select(key).unique()
    every = pl.concat([given, failed]).unique()
    late = failed.with_columns(bad=pl.lit(1, pl.Int64))
    return "on_time", _shared(every.with_columns(total=pl.lit(1, pl.Int64)), late, key)


def _listed(active: pl.DataFrame, listed: pl.DataFrame, where: pl.DataFrame) -> Measured:
    must = listed.join(where, on="place").group_by(KEY).agg(total=pl.col("listed").sum())
    missing = active.filter(pl.col("check") == "coverage").select(*KEY, "sku").unique()
    return "listed", _shared(must, missing.group_by(KEY).agg(bad=pl.len().cast(pl.Int64)), KEY)


def _open_days(active: pl.DataFrame, world: World) -> Measured:
    days = (pl.lit(world.night) - pl.col("first_seen")).dt.total_days()
    return "open_days", active.filter(pl.col("market").is_not_null()).select(
        "market", "channel", "location", "category", good=days, total=pl.lit(1, pl.Int64)
    )


def _decided(held: pl.DataFrame) -> Measured:
    told = held.filter("compared")
    return "decided", told.select(*KEY, good=pl.when("good").then("n").otherwise(0), total="n")


def _held(seen: Seen, where: pl.DataFrame, products: pl.DataFrame) -> pl.DataFrame:
    """Offers (`n`) by `KEY`, by whether they can be `compared`, and were held against something decided (`good`)."""
    told = seen.situations.select("situation", "item", "compared", good=pl.col("decided") | pl.col("led"))
    counts = seen.by_place(told.join(products, on="item", how="left"), "category", "compared", "good")
    return counts.join(where, on="place")


def _policy(points: pl.DataFrame, world: World) -> list[Measured]:
    """How local and how lively the price list is, market by market: `zoned` and `changed`."""
    versions = world.central.price_list.filter(pl.col("valid_from") <= world.as_of)
    now = (
        versions.filter(pl.col("valid_to").is_null() | (pl.col("valid_to") > world.as_of))
        .sort("valid_from")
        .group_by("market", "zone", "sku")
        .agg(pl.col("list_price").last(), pl.col("valid_from").last())
    )
    zones = now.group_by("market", "sku").agg(zones=pl.col("zone").n_unique(), prices=pl.col("list_price").n_unique())
    zoned = zones.filter(pl.col("zones") > 1).select(
        "market", good=(pl.col("prices") > 1).cast(pl.Int64), total=pl.lit(1, pl.Int64)
    )
    before = versions.filter(pl.col("valid_from") <= world.as_of - FOUR_WEEKS).sort("valid_from")
    former = before.group_by("market", "zone", "sku").agg(former=pl.col("list_price").last())
    changed = now.join(former, on=["market", "zone", "sku"], how="inner").select(
        "market", good=(pl.col("list_price") != pl.col("former")).cast(pl.Int64), total=pl.lit(1, pl.Int64)
    )
    # a price list that is issued without prices for anybody to see decides nothing
    return [("zoned", zoned), ("changed", changed)] if points.height else []


def _shared(every: pl.DataFrame, bad: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """`good` and `total` by `key`; what is bad beyond what was counted (a finding of another surface) takes all."""
    joined = every.join(bad, on=key, how="left", nulls_equal=True)
    return joined.with_columns(good=pl.max_horizontal(pl.col("total") - pl.col("bad").fill_null(0), pl.lit(0, pl.Int64))).drop(
        "bad"
    )
