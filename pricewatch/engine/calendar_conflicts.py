"""What a price list and a calendar say against themselves: gaps, overlaps, prices that are missing, promotions without effect.

P-1  20 % off coffee, 10 to 20 March      in a market whose promotions exclude each other, customers get the better of
P-2  -0.50 on A1, 15 to 25 March          the two from 15 to 20 March: is that meant?
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain.mechanics import MECHANICS, reduced
from pricewatch.domain.texts import formatted
from pricewatch.engine.calendar_problems import problem
from pricewatch.engine.calendar_rows import offered
from pricewatch.engine.places import ANNOUNCED
from pricewatch.engine.price_versions import far, versions
from pricewatch.engine.world import World

UNIT = [name for name, mechanic in MECHANICS.items() if mechanic.reduces == "unit"]


def overlaps(coming: pl.DataFrame, world: World, items: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Pairs of promotions of which one excludes the other on some product: one row a pair, at the later one's calendar row."""
    policy = places.select("area", "stacking").unique("area")
    rows = (
        offered(world, items, places)
        .filter(pl.col("mechanic").is_in(UNIT), pl.col("ends_at") > world.as_of)
        .join(coming.select("promotion_row", "promotion", "source_ref", "market"), on="promotion_row", how="inner")
        .join(policy, on="area", how="left")
        .select(
            "area",
            "item",
            "audience",
            "promotion",
            "promotion_row",
            "source_ref",
            "market",
            "starts_at",
            "ends_at",
            alone=(pl.col("stacking") == "exclusive") | ~pl.col("combinable").fill_null(True),
        )
    )
    key = ["area", "item", "audience"]
    both = rows.join(rows, on=key, how="inner", suffix="_other").filter(
        pl.col("promotion_row") > pl.col("promotion_row_other"),
        pl.col("promotion") != pl.col("promotion_other"),
        pl.col("starts_at") < pl.col("ends_at_other"),
        pl.col("starts_at_other") < pl.col("ends_at"),
        pl.col("alone") | pl.col("alone_other"),
    )
    pairs = (
        both.join(items, on="item", how="inner")
        .sort("promotion_row", "promotion_row_other", "sku")
        .group_by("market", "promotion", "promotion_other", maintain_order=True)
        .agg(pl.col("source_ref").first(), pl.col("sku").first(), products=pl.col("item").n_unique())
    )
    return problem(
        pairs,
        "calendar-overlap",
        severity="minor",
        subject="promotion",
        message=formatted(
            "promotions {} and {} exclude each other on {} products at once, for example {}: the better one is given",
            "promotion",
            "promotion_other",
            "products",
            "sku",
        ),
    )


def without_effect(coming: pl.DataFrame, world: World, items: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Price cuts that leave the list price of every product they are for, wherever they hold: one row a calendar row."""
    priced = _in_force(world, items).join(places.select("area", "market", "zone").unique(), on=["market", "zone"], how="inner")
    named = coming.select("promotion_row", "promotion", "source_ref", "market")
    made = (
        offered(world, items, places)
        .filter(pl.col("mechanic").is_in(UNIT), pl.col("ends_at") > world.as_of)
        .join(priced.select("area", "item", "list_price"), on=["area", "item"], how="inner")
        .with_columns(
            made=reduced(pl.col("mechanic"), pl.col("list_price"), pl.col("value"), pl.col("quantity"), pl.col("inner")),
        )
        .group_by("promotion_row")
        .agg(useless=(pl.col("made") >= pl.col("list_price")).all())
        .filter("useless")
        .join(named, on="promotion_row", how="inner")
    )
    return problem(
        made,
        "calendar-no-reduction",
        severity="major",
        subject="value",
        message=formatted("promotion {}: makes no product cheaper than its list price", "promotion"),
    )


def gaps(world: World, items: pl.DataFrame) -> pl.DataFrame:
    """Days without a price between two versions, and prices that end soon without a successor: one row a version that ends."""
    key = ["market", "zone", "item"]
    soon = world.as_of + ANNOUNCED
    listed = (
        versions(world, items)
        .sort(*key, "valid_from")
        .with_columns(following=pl.col("valid_from").shift(-1).over(key))
        .filter(pl.col("valid_to") > world.as_of, pl.col("valid_to") <= soon, pl.col("valid_to") < far())
        .filter(pl.col("following").is_null() | (pl.col("following") > pl.col("valid_to")))
        .join(items, on="item", how="inner")
    )
    refs = world.central.price_list.select(pl.int_range(pl.len(), dtype=pl.Int32).alias("price_row"), "source_ref")
    ends = pl.col("valid_to").dt.strftime("%Y-%m-%d %H:%M UTC")
    then = pl.coalesce(
        formatted("none until {}", pl.col("following").dt.strftime("%Y-%m-%d %H:%M UTC")), pl.lit("no other follows")
    )
    return problem(
        listed.join(refs, on="price_row", how="left"),
        "calendar-gap",
        severity="major",
        subject="list_price",
        message=formatted("{} in zone {}: the price ends on {}, and {}", "sku", "zone", ends, then),
    )


def interrupted(world: World, items: pl.DataFrame) -> pl.DataFrame:
    """Price versions, with an end of their own, that another one of another price interrupts: one row a version interrupted."""
    price_list = world.central.price_list.join(items, on="sku", how="semi").with_row_index("row")
    ending = price_list.filter(pl.col("valid_to") > world.as_of)
    inner = price_list.select(
        "sku", "market", "zone", at="valid_from", other="list_price", other_ref="source_ref", other_row="row"
    )
    met = ending.join(inner, on=["sku", "market", "zone"], how="inner").filter(
        pl.col("row") != pl.col("other_row"),
        pl.col("at") > pl.col("valid_from"),
        pl.col("at") < pl.col("valid_to"),
        pl.col("other") != pl.col("list_price"),
    )
    first = met.sort("row", "at").unique("row", keep="first", maintain_order=True)
    return problem(
        first,
        "calendar-price-overlap",
        severity="info",
        subject="list_price",
        message=formatted(
            "{} in zone {}: another price ({}) begins on {} before this one ends",
            "sku",
            "zone",
            "other_ref",
            pl.col("at").dt.strftime("%Y-%m-%d %H:%M UTC"),
        ),
    )


def strangers(world: World) -> pl.DataFrame:
    """Prices of products that are not in the catalogue: one row a product."""
    unknown = world.central.price_list.join(world.central.products, on="sku", how="anti")
    return problem(
        unknown.unique("sku", keep="first", maintain_order=True),
        "calendar-unknown-sku",
        severity="minor",
        subject="sku",
        message=formatted("price list: there is no product '{}'", "sku"),
    )


def priced_elsewhere(world: World, items: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Zones with places in which products have no price that have one in other zones: one row a zone."""
    priced = _in_force(world, items).select("market", "zone", "item").unique()
    zones = (
        places.select("market", "zone")
        .drop_nulls()
        .unique()
        .join(priced.select("market", "zone").unique(), on=["market", "zone"])
    )
    every = priced.select("market", "item").unique().join(zones, on="market", how="inner")
    bare = every.join(priced, on=["market", "zone", "item"], how="anti").join(items, on="item", how="inner")
    told = bare.sort("sku").group_by("market", "zone").agg(products=pl.len(), sku=pl.col("sku").first())
    return problem(
        told,
        "calendar-product-without-price",
        severity="major",
        subject="list_price",
        message=formatted(
            "zone {}: {} products have no price that have one in other zones, for example {}", "zone", "products", "sku"
        ),
    )


def _in_force(world: World, items: pl.DataFrame) -> pl.DataFrame:
    return versions(world, items).filter(pl.col("valid_from") <= world.as_of, pl.col("valid_to") > world.as_of)
