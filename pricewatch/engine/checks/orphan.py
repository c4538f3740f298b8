"""A product is offered where nobody meant it to be."""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import Params, check, suspects
from pricewatch.engine.places import LOOKS_BACK

CAME = (pl.col("status") == "complete") | ((pl.col("status") == "missing") & pl.col("problem").is_null())
"""What may be missing, and is, is no loss."""


class Orphan(Params):
    """Which of the two ways of belonging nowhere is looked for."""

    find: Literal["any", "undecided", "unlisted"] = Field(
        "any",
        description="undecided: nobody decided its price there; unlisted: the catalogue does not name the channel; any: both",
    )


def price_known(_params: Orphan) -> pl.Expr:
    """A decided price; channels within a corridor have none of their own."""
    return pl.col("list_price").is_not_null() | (pl.col("role") == "within")


@check(
    title="offered without a decision",
    sentence="{place}: {detail}",
    # `list_price` is read too, but an offer is no orphan any more also where it has none: `price_known` says when it is right
    needs={"price", "role", "listed", "available", "age", "market", "channel", "zone"},
    verifies=price_known,
)
def orphan(offers: pl.LazyFrame, params: Orphan, *, zone_prices: pl.LazyFrame, source_runs: pl.LazyFrame) -> pl.LazyFrame:
    """Offers with a price where the price list has none for their zone, or in a channel that the catalogue does not name.

    A product whose list of channels is empty has left the assortment: it is an orphan wherever it is offered. One that has left
    the catalogue altogether is not known any more: its rows are counted as unmatched (see `source_health`).

    Not judged: offers that are out of stock; other sellers' offers; without a decided price, also channels whose price is only a
    corridor around another one's, prices in another currency or tax basis, observations too old to be judged, and all offers of a
    night whose price list did not come whole. Products whose catalogue entry names no channels may be offered in each.

    Example::

        - id: no-price-decided
          check: orphan
          severity: minor
          owner: master-data
          why: A price that nobody decided is right by chance only.
    """
    shown = offers.filter(pl.col("seller").is_null(), pl.col("price").is_not_null(), pl.col("available").fill_null(True))
    unlisted = (~pl.col("listed").list.contains(pl.col("channel"))).fill_null(False)
    undecided = (
        pl.col("comparable") & pl.col("list_price").is_null() & (pl.col("role") != "within") & (pl.col("age") <= LOOKS_BACK)
    )
    lost = source_runs.filter((pl.col("feeds") == "price_list") & ~CAME).select(price_lists_lost=pl.len())
    elsewhere = zone_prices.select("market", "item").unique().with_columns(_elsewhere=pl.lit(True))
    judged = (
        shown.filter(unlisted | undecided)
        .join(lost, how="cross")
        .join(elsewhere, on=["market", "item"], how="left", validate="m:1")
        .with_columns(
            _unlisted=unlisted & (params.find != "undecided"),
            _undecided=undecided & (pl.col("price_lists_lost") == 0) & (params.find != "unlisted"),
        )
    )
    channels = pl.col("listed").list.sort().list.join(", ")
    elsewhere_only = pl.when(pl.col("_elsewhere").fill_null(False)).then(formatted("no list price in zone {}", "zone"))
    left = pl.when(pl.col("_unlisted") & (pl.col("listed").list.len() == 0))
    words = pl.concat_str(
        left.then(pl.lit("the catalogue lists it nowhere any more"))
        .when("_unlisted")
        .then(formatted("the catalogue lists it for {} only", channels)),
        pl.when("_undecided").then(pl.coalesce(elsewhere_only, pl.lit("no list price"))),
        separator="; ",
        ignore_nulls=True,
    )
    return suspects(judged.filter(pl.col("_unlisted") | pl.col("_undecided")), subject="presence", detail=words)
