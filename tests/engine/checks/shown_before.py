"""What tests of struck-through prices share: price history as a text table, by SKU instead of codes."""

from __future__ import annotations

import polars as pl

from pricewatch.domain import tables
from pricewatch.testing import judged, typed


def history_of(offers: str, text: str) -> dict[str, pl.DataFrame]:
    """The world frame `history` of a text table with `sku`, `since`, `price` and maybe `location`, `seller` and other prices.

    Codes are those of the judged `offers`; `until` is `since`, as it is for a price seen once.
    """
    schema = tables.schema("history")
    rows = typed(text, {"sku": pl.String, "location": pl.String, **schema})
    codes = judged(offers).select("sku", "location", "item", "place").unique()
    keys = ["sku", "location"] if "location" in rows.columns else ["sku"]
    told = rows.join(codes, on=keys, how="inner", nulls_equal=True).with_columns(until="since")
    return {
        "history": told.select((pl.col(n) if n in told.columns else pl.lit(None)).cast(d).alias(n) for n, d in schema.items())
    }
