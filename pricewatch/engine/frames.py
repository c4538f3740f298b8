"""The frames a check may ask for besides the offers it judges, each made once a night.

Checks judge one product at a time, so that an audit runs on any number of machines. What they need to know of other products (the
flavours of a family, the single unit a pack holds) comes as a frame: a two-step aggregate of the offers that can be made in parts
and merged. History, source runs and the calendar come as they are.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine.places import numbered
from pricewatch.engine.world import World


def frames_of(
    world: World,
    judged: pl.LazyFrame,
    points: pl.LazyFrame,
    labels: pl.DataFrame,
    items: pl.DataFrame,
    places: pl.DataFrame,
) -> dict[str, pl.LazyFrame]:
    """Every frame of `checks.FRAMES` by name.

    In: judged offers (`expect`), `points.price_points`, what their labels say (`domain.labels.read`),
    `places.place_table`. All lazy: what no rule asks for is never made.
    """
    return {
        "history": world.history,
        "source_runs": world.source_runs.lazy(),
        "assortment": assortment(due(world, items, places, points), places),
        "calendar": numbered(world).lazy(),
        "zone_prices": zone_prices(world, points, places),
        "families": families(world, judged, items),
        "unit_prices": unit_prices(world, judged, items),
        "labels": labels.lazy(),
    }


def zone_prices(world: World, points: pl.LazyFrame, places: pl.DataFrame) -> pl.LazyFrame:
    """What is decided tonight, zone by zone: `market`, `item`, `other_zone`, `zone_list_price`; one row each."""
    areas = places.lazy().select("area", "market", other_zone="zone").unique()
    now = pl.lit(world.as_of, tables.UTC)
    return (
        points.filter(pl.col("since") <= now, now < pl.col("until"), pl.col("list_price").is_not_null())
        .join(areas, on="area", how="inner")
        .group_by("market", "item", "other_zone")
        .agg(zone_list_price=pl.col("list_price").min())
    )


def families(world: World, judged: pl.LazyFrame, items: pl.DataFrame) -> pl.LazyFrame:
    """How often each price is shown in a family and place: `place`, `family`, `family_price`, `shown` (Int64).

    Of our own comparable offers; products without a family have no row.
    """
    products = world.central.products.lazy().join(items.lazy(), on="sku", how="inner").select("item", "family")
    return (
        _own(judged)
        .select("item", "place", family_price="price")
        .join(products.filter(pl.col("family").is_not_null()), on="item", how="inner")
        .group_by("place", "family", "family_price")
        .agg(shown=pl.len().cast(pl.Int64))
    )


def unit_prices(world: World, judged: pl.LazyFrame, items: pl.DataFrame) -> pl.LazyFrame:
    """What the single units of packs cost: `place`, `unit_sku`, `single_price` (Int64); own comparable offers, one row each."""
    products = world.central.products.lazy()
    units = products.select(sku="unit_sku").drop_nulls().unique().join(items.lazy(), on="sku", how="inner")
    return (
        _own(judged)
        .select("item", "place", single_price="price")
        .join(units.select("item", unit_sku="sku"), on="item", how="inner")
        .group_by("place", "unit_sku")
        .agg(pl.col("single_price").min())
    )


BESIDE = {"families": families, "unit_prices": unit_prices}
"""Frames that look at several products at once; each is made of all offers, before products are judged apart."""


def _own(judged: pl.LazyFrame) -> pl.LazyFrame:
    return judged.filter(pl.col("seller").is_null(), pl.col("comparable"), pl.col("price").is_not_null())


def due(world: World, items: pl.DataFrame, places: pl.DataFrame, points: pl.LazyFrame) -> pl.LazyFrame:
    """Products that must be listed in an area, in healthy channels only: `item`, `area`, `list_price`, `price_row`.

    A channel is healthy when every one of its sources delivered completely; others are not asked for what they did not bring.
    """
    runs = world.source_runs.filter(pl.col("feeds") == "offers", pl.col("channel").is_not_null())
    healthy = (
        runs.join(world.sources.select("source", "market"), on="source", how="inner")
        .group_by("market", "channel")
        .agg(whole=(pl.col("status") == "complete").all())
        .filter("whole")
        .select("market", "channel")
    )
    listed = (
        world.central.products.select("sku", channel="channels")
        .drop_nulls("channel")
        .explode("channel")
        .join(items, on="sku", how="inner")
        .select("item", "channel")
    )
    areas = places.select("area", "market", "channel").unique()
    now = pl.lit(world.as_of, tables.UTC)
    priced = points.filter(pl.col("since") <= now, now < pl.col("until"), pl.col("price_row").is_not_null())
    return (
        listed.join(healthy, on="channel", how="inner")
        .join(areas, on=["market", "channel"], how="inner")
        .lazy()
        .join(priced.select("area", "item", "list_price", "price_row"), on=["area", "item"], how="inner")
        .select("item", "area", "list_price", "price_row")
    )


def assortment(must: pl.LazyFrame, places: pl.DataFrame) -> pl.LazyFrame:
    """Products and the places that must list them: `item`, `place` with the place's columns, and `list_price`. In: `due`."""
    where = places.select(
        "place", "area", "market", "channel", "channel_kind", "location", "zone", "role", currency="market_currency"
    )
    return must.join(where.lazy(), on="area", how="inner")
