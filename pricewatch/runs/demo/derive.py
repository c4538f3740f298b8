"""The retailer behind the tills, derived once: zones, catalogue, decided prices. What the demo holds the channels against.

What is real: products, stores, till lines, what the tills charged, leaflet marks. What is derived: zones (`zones.py`), list
prices and card promotions (`decided.py`). What is declared by us: article numbers, tax rates, key value items, and that the
leaflet's card prices are for everybody on the web, in the app and on the marketplace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from pricewatch.domain.texts import formatted
from pricewatch.runs.demo import decided, source
from pricewatch.runs.demo.zones import find_zones

Say = Callable[[str], None]

NIGHTS = (date(2017, 6, 18), date(2017, 6, 19), date(2017, 6, 20))
"""Sunday of week 25, then Monday and Tuesday of week 26: prices and leaflet change in between."""

WEB_ZONE = "Z1"
VOLUME_WEEKS = (2, 24)
"""Whole weeks before the three nights; volumes are counted in them."""
KEY_VALUE_ITEMS = 200


@dataclass(frozen=True)
class Reference:
    """The derived retailer. Frames are sorted; money is cents."""

    lines: pl.DataFrame
    """Till lines of stores with a zone: store_id, product_id, week, at, quantity, regular_price, card_price, zone."""
    stores: pl.DataFrame
    """store_id, zone."""
    products: pl.DataFrame
    """product_id, sku, gtin, name, brand, category, tax_percent, content, content_unit, weekly_units, kvi."""
    list_prices: pl.DataFrame
    """product_id, zone, week, list_price."""
    cards: pl.DataFrame
    """product_id, zone, week, member_price, advertised."""


def derive(files: source.Files, say: Say) -> Reference:
    """Everything head office would have known, from the three files. A few seconds."""
    say("reading till lines of 26 weeks")
    lines = source.till_lines(files).collect()
    say("finding price zones")
    stores = find_zones(lines.lazy())
    lines = lines.join(stores, on="store_id").sort("store_id", "at", "product_id", "quantity", "regular_price", "card_price")
    say("deciding list prices, card promotions and leaflets by zone and week")
    list_prices = decided.bridge(decided.list_prices(lines.lazy()))
    cards = decided.card_prices(lines.lazy(), list_prices)
    leaflet = decided.in_leaflet(lines.lazy(), source.leaflet_marks(files), cards).with_columns(advertised=True)
    cards = (
        cards.join(leaflet, on=decided.CELL, how="left").with_columns(pl.col("advertised").fill_null(False)).sort(decided.CELL)
    )
    return Reference(lines, stores, catalogue(source.products(files), lines), list_prices, cards)


def catalogue(products: pl.LazyFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The products that were sold, as a catalogue has them. In: the data's products, till lines. Sorted by product_id."""
    size = pl.col("package_size").str.extract_groups(r"^(?<content>\d+(?:\.\d+)?|\.\d+) (?<unit>[A-Z]+)$")
    text = pl.coalesce("product_type", "product_category", "department").str.strip_chars().str.to_titlecase()
    return (
        products.join(volumes(lines).lazy(), on="product_id")
        .with_columns(size.struct.unnest())
        .select(
            "product_id",
            sku=formatted("S{}", "product_id"),
            gtin=made_up_gtin("product_id"),
            name=pl.concat_str(text, pl.col("package_size").str.to_lowercase(), separator=" ", ignore_nulls=True),
            # The data numbers the makers and names none.
            brand=pl.when(pl.col("brand") == "Private")
            .then(pl.lit("Own brand"))
            .otherwise(formatted("Maker {}", "manufacturer_id")),
            category=pl.coalesce("product_category", "department").str.to_titlecase(),
            tax_percent=pl.when(pl.col("department").is_in(source.TAXED)).then(7).otherwise(0),
            content=pl.col("content").cast(pl.Float64),
            content_unit=pl.col("unit").str.to_lowercase(),
            weekly_units="weekly_units",
            kvi="kvi",
        )
        .sort("product_id")
        .collect()
    )


def volumes(lines: pl.DataFrame) -> pl.DataFrame:
    """product_id, weekly_units (mean units a week in a store that sells it; null without sales in VOLUME_WEEKS), kvi."""
    first, last = VOLUME_WEEKS
    counted = pl.col("week").is_between(first, last)
    stores = pl.col("store_id").filter(counted).n_unique()
    units = pl.col("quantity").filter(counted).sum()
    sums = lines.group_by("product_id").agg(units=units, stores=stores).sort("units", "product_id", descending=[True, False])
    return sums.select(
        "product_id",
        weekly_units=pl.when(pl.col("stores") > 0).then((pl.col("units") / pl.col("stores") / (last - first + 1)).round(3)),
        kvi=pl.int_range(pl.len()) < KEY_VALUE_ITEMS,
    )


def made_up_gtin(product: str) -> pl.Expr:
    """A GTIN-13 under 952, which GS1 keeps for examples: the product number, the check digit. 819255 gives 9520008192558."""
    digits = formatted("952{}", pl.col(product).cast(pl.String).str.zfill(9))
    weighted = [digits.str.slice(n, 1).cast(pl.Int64) * (3 if n % 2 else 1) for n in range(12)]
    return formatted("{}{}", digits, (10 - pl.sum_horizontal(weighted) % 10) % 10)
