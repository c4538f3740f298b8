"""Which product and which place a row is about. What stays unmatched is kept, counted, and says why.

In this order: our SKU as the source names it, the id channels use (`products.external_id`), the GTIN. A GTIN that two products
share names neither.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain import identifiers
from pricewatch.domain.texts import formatted
from pricewatch.engine.world import World

PLACE = ["market", "channel", "location"]


def match(offers: pl.LazyFrame, world: World, items: pl.DataFrame, places: pl.DataFrame) -> pl.LazyFrame:
    """The same rows with `item` and `place` (Int32).

    In: normalised offers. `item` is null where SKU, id and GTIN are all unknown to the catalogue (`unmatched` says why).
    """
    return match_items(match_places(offers, places), world, items)


def match_places(offers: pl.LazyFrame, places: pl.DataFrame) -> pl.LazyFrame:
    """The same rows with `place` (Int32). In: `market`, `channel` and `location`."""
    return offers.join(places.lazy(), on=PLACE, how="left", nulls_equal=True, validate="m:1")


def match_items(offers: pl.LazyFrame, world: World, items: pl.DataFrame) -> pl.LazyFrame:
    """The same rows with `item` (Int32), as in `match`. In: `sku`, `external_id` and `gtin`."""
    by_text, by_gtin = _catalogue(world, items)
    return (
        offers.join(by_text.rename({"key": "sku", "item": "_by_sku"}).lazy(), on="sku", how="left", validate="m:1")
        .join(by_text.rename({"key": "external_id", "item": "_by_id"}).lazy(), on="external_id", how="left", validate="m:1")
        .join(by_gtin.rename({"item": "_by_gtin"}).lazy(), on="gtin", how="left", validate="m:1")
        .with_columns(item=pl.coalesce("_by_sku", "_by_id", "_by_gtin"))
        .drop("_by_sku", "_by_id", "_by_gtin")
    )


def unmatched(rows: pl.DataFrame) -> pl.DataFrame:
    """Matched rows whose product is not in the catalogue, as they were, with `reason`."""
    return rows.filter(pl.col("item").is_null()).with_columns(reason=_why()).drop("item", "place", "row")


def _catalogue(world: World, items: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`key` -> `item` for SKUs and external ids (a SKU wins over another product's external id), and `gtin` -> `item`."""
    products = world.central.products.join(items, on="sku", how="inner").select("sku", "external_id", "gtin", "item")
    skus = products.select(key="sku", item="item")
    ids = products.select(key="external_id", item="item").drop_nulls("key").unique("key", keep="none")
    by_text = pl.concat([skus, ids.join(skus, on="key", how="anti")])
    by_gtin = (
        products.select(gtin=identifiers.gtin_number(pl.col("gtin")), item="item")
        .filter(pl.col("gtin") > 0)
        .unique("gtin", keep="none")
    )
    return by_text, by_gtin


def _why() -> pl.Expr:
    named = [
        formatted(label, pl.col(name)) for label, name in (("SKU '{}'", "sku"), ("id '{}'", "external_id"), ("GTIN {}", "gtin"))
    ]
    names = pl.concat_str(named, separator=", ", ignore_nulls=True)
    return pl.when(names == "").then(pl.lit("the row names no product")).otherwise(names + " is not in the catalogue")
