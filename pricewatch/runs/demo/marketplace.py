"""The marketplace's offers export: our offers and other sellers', tab-separated, one file a night.

product-id  ean            seller-name     price  shipping  state
819255      9520008192558  Corner Grocery  2.99   0.00      in_stock
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from pricewatch.runs.demo.inbox import decimal, nightly, write
from pricewatch.runs.demo.offers import Row

COLUMNS = {"product_id": pl.Int64, "gtin": pl.String, "seller": pl.String, "price": pl.Int64, "shipping": pl.Int64}


def write_marketplace(inbox: Path, rows: Sequence[Row], night: date) -> int:
    """Writes `inbox/<night>/marketplace/offers.tsv`; the number of offers. In: rows of `offers.Night.marketplace`."""
    frame = pl.DataFrame([{name: row[name] for name in COLUMNS} for row in rows], schema=COLUMNS)
    export = frame.select(
        pl.col("product_id").alias("product-id"),
        pl.col("gtin").alias("ean"),
        pl.col("seller").alias("seller-name"),
        decimal("price"),
        decimal("shipping"),
        pl.lit("in_stock").alias("state"),
    )
    return write(nightly(inbox, night, "marketplace", "offers.tsv"), export, separator="\t")
