"""A product that a channel must list is not there."""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from pricewatch.engine.checks import Params, check, suspects


class Coverage(Params):
    """The catalogue says which channels must list a product; this, whether it must be for sale there too."""

    sold_out: Literal["listed", "missing"] = Field(
        "listed", description="listed: shown as out of stock is listed; missing: it must be for sale"
    )


@check(title="not listed", scope="product", sentence="{place}: {detail}", needs={"item", "place", "available"})
def coverage(offers: pl.LazyFrame, params: Coverage, *, assortment: pl.LazyFrame) -> pl.LazyFrame:
    """Products whose catalogue entry names the channel, with a list price in force, that were not seen there tonight.

    With `sold_out: missing` a product that is shown, and is out of stock, is missing like one that is not shown at all; an offer
    that does not say is for sale.

    Judged only in places all of whose sources delivered completely: a partial crawl is a matter of `source_health`, never
    thousands of missing products. Not judged: products whose catalogue entry names no channels.

    Example::

        - id: web-assortment
          check: coverage
          where: channel IN ('web', 'app')
          severity: minor
          owner: ecommerce
          why: What cannot be found cannot be bought.
    """
    key = ["item", "place"]
    seen = offers.filter(pl.col("seller").is_null()).group_by(key).agg(_for_sale=pl.col("available").fill_null(True).any())
    told = assortment.join(seen, on=key, how="left", validate="m:1")
    absent = pl.col("_for_sale").is_null()
    missing = absent if params.sold_out == "listed" else absent | ~pl.col("_for_sale")
    words = pl.when(absent).then(pl.lit("not listed")).otherwise(pl.lit("listed, but out of stock"))
    return suspects(told.filter(missing), subject="presence", detail=words)
