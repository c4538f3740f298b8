"""Decided prices as offers, one an area and product, so that the same checks judge them before anybody is shown one.

What a channel will show when it does what was decided: the expected price, the list price struck through where a promotion lowers
it, the promotion's text. A check that can judge that (`Check.calendar`) judges it today.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine.places import numbered
from pricewatch.engine.world import World

SOURCE = "calendar"


def decided_offers(points: pl.DataFrame, world: World, places: pl.DataFrame) -> pl.DataFrame:
    """`tables.Offers` of the segment in force at `world.as_of`, at the first place of each area.

    In: `points.price_points`, `places.place_table`. `source_ref` is the calendar row, else the price-list row.
    """
    now = pl.lit(world.as_of, tables.UTC)
    first = places.sort("place").unique("area", keep="first", maintain_order=True)
    refs = world.central.price_list.select(pl.int_range(pl.len(), dtype=pl.Int32).alias("price_row"), price_ref="source_ref")
    promised = numbered(world).select("promotion_row", "promotion", "label", promotion_ref="source_ref")
    multibuys = promised.select(multibuy_row="promotion_row", multibuy_label="label")
    lowered = pl.col("expected_price") < pl.col("list_price")
    rows = (
        points.filter(pl.col("since") <= now, now < pl.col("until"), pl.col("expected_price").is_not_null())
        .join(first.select("area", "place", "market_currency", "market_tax_included"), on="area", how="inner")
        .join(refs, on="price_row", how="left")
        .join(promised, on="promotion_row", how="left")
        .join(multibuys, on="multibuy_row", how="left")
        .with_columns(
            surface=pl.lit("feed"),
            regular_price="list_price",
            price="expected_price",
            was_price=pl.when(lowered).then("list_price"),
            member_price="expected_member_price",
            currency="market_currency",
            tax_included="market_tax_included",
            promotion_label=pl.coalesce("label", "multibuy_label"),
            observed_at=now,
            source=pl.lit(SOURCE),
            source_ref=pl.coalesce("promotion_ref", "price_ref", pl.lit(SOURCE)),
            lines=pl.lit(1, pl.Int64),
            member_lines=pl.lit(0, pl.Int64),
            price_low="expected_price",
            price_high="expected_price",
            leading=pl.lit(True),
        )
    )
    schema = tables.schema("offers")
    return rows.select((pl.col(n) if n in rows.columns else pl.lit(None)).cast(d).alias(n) for n, d in schema.items())
