"""A zone's price is farther from the base zone's than its corridor allows."""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field, model_validator

from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import check, suspects
from pricewatch.engine.corridors import Corridor


class ZonePrice(Corridor):
    """Which zone the others are held against, and how far from it their prices may lie."""

    base: str | None = Field(
        None, description="zone whose list prices the others are held against; null = the list price that most zones have"
    )
    price: Literal["decided", "shown"] = Field(
        "decided", description="decided: the list price of the place's own zone; shown: the regular price seen in the place"
    )

    @model_validator(mode="after")
    def _around_something(self) -> ZonePrice:
        if self.base is None and not self.from_percent <= 0 <= self.to_percent:
            raise ValueError("a corridor beside the other price needs a zone to begin from; add base: ...")
        return self


def column(params: ZonePrice) -> str:
    """The price that is judged."""
    return "list_price" if params.price == "decided" else "regular_price"


@check(
    title="zone price outside its corridor",
    sentence="{place}: {observed} where {expected} is the bound; {detail}",
    needs={"market", "zone", "list_price", "regular_price", "unit"},
    observes=column,
    calendar=True,
)
def zone_price(offers: pl.LazyFrame, params: ZonePrice, *, zone_prices: pl.LazyFrame) -> pl.LazyFrame:
    """Offers whose zone has a regular price outside the corridor around the base zone's list price of tonight.

    `decided` judges what the price list says for the zone, and so the price list itself, before it goes live too; `shown` judges
    the regular price that the place shows. A corridor of its own for each zone is a rule for each: `where: zone = 'Z2'`. Without
    `base`, prices are held against the list price that most zones of the market have, of equally frequent ones the lowest.
    `expected` is the nearest bound.

    Not judged: the base zone itself; products without a list price in the base zone, or in the place's own; places without a
    zone; offers that show no regular price, for `shown`; other sellers' offers, and prices in another currency or tax basis.

    Example::

        - id: island-prices
          check: zone_price
          where: zone = 'Z2'
          base: Z1
          from_percent: 0
          to_percent: 3
          severity: major
          owner: pricing
          why: Island stores may add the freight, at most three percent.
    """
    own = offers.filter(pl.col("seller").is_null(), pl.col("comparable"), pl.col("zone").is_not_null())
    if params.base is not None:
        own = own.filter(pl.col("zone") != params.base)
    known = own.join(_base_prices(zone_prices, params.base), on=["market", "item"], how="inner")
    observed = pl.col(column(params))
    judged = known.with_columns(_bound=params.bound(observed, pl.col("_base_price")))
    where = "most zones' list price" if params.base is None else f"the list price of zone {params.base}"
    return suspects(
        judged.filter(pl.col("_bound").is_not_null(), pl.col("list_price").is_not_null()),
        subject=column(params),
        observed=observed,
        expected=pl.col("_bound"),
        detail=formatted("zone {} must be {} {}", pl.col("zone"), pl.lit(params.words), pl.lit(where)),
    )


def _base_prices(zone_prices: pl.LazyFrame, base: str | None) -> pl.LazyFrame:
    """`market`, `item`, `_base_price`: the base zone's list price, or the one that most zones have; one row each."""
    key = ["market", "item"]
    if base is not None:
        return zone_prices.filter(pl.col("other_zone") == base).select(*key, _base_price="zone_list_price")
    return (
        zone_prices.group_by(*key, _base_price="zone_list_price")
        .agg(zones=pl.len())
        .group_by(key)
        .agg(pl.col("_base_price").sort_by(["zones", "_base_price"], descending=[True, False]).first())
    )
