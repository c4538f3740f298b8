"""A product that a channel must list is not there."""

from __future__ import annotations

import polars as pl

from pricewatch.engine.checks import Params, check, suspects


class Coverage(Params):
    """No parameters: the catalogue says which channels must list a product."""


@check(title="not listed", sentence="{place}: {detail}", needs={"item", "place"})
def coverage(offers: pl.LazyFrame, params: Coverage, *, assortment: pl.LazyFrame) -> pl.LazyFrame:  # noqa: ARG001 - one signature
    """Products whose catalogue entry names the channel, with a list price in force, that were not seen there tonight.

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
    seen = offers.filter(pl.col("seller").is_null()).select("item", "place").unique()
    missing = assortment.join(seen, on=["item", "place"], how="anti")
    return suspects(missing, subject="presence", detail=pl.lit("not listed"))
