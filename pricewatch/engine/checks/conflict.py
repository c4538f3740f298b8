"""One channel shows two prices for one offer at once."""

from __future__ import annotations

import polars as pl
from pydantic import Field

from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import Params, Tolerance, check, suspects


class Conflict(Params):
    """How far apart is still one price."""

    tolerance: Tolerance = Field(Tolerance(), description="amount and percent; wrong only when both are exceeded")


def several_lines(_params: Conflict) -> pl.Expr:
    """One till line alone contradicts nothing."""
    return (pl.col("surface") != "till") | (pl.col("lines") > 1)


@check(
    title="two prices at once",
    sentence="{place} shows {expected} and {observed} at once ({detail})",
    needs={"price", "price_low", "price_high", "unit"},
    verifies=several_lines,
)
def conflict(offers: pl.LazyFrame, params: Conflict) -> pl.LazyFrame:
    """Offers for which the channel shows several prices: page against markup, or till lines of one day against each other.

    `expected` is the price that leads (see `tables.SURFACES`; among till lines, the most frequent one), `observed` the one
    farthest from it. A shelf label or a price file beside a till is what the till is held against (`scan_accuracy`), no second
    price; without a till they are held against each other here. Not judged: offers whose leading surface states no price; other
    sellers' offers.

    Example::

        - id: web-markup
          check: conflict
          where: channel_kind = 'web'
          severity: major
          owner: ecommerce
          why: Search engines and comparison sites read the markup, customers read the page.
    """
    price, low, high = pl.col("price"), pl.col("price_low"), pl.col("price_high")
    other = pl.when(high - price >= price - low).then(high).otherwise(low)
    words = formatted("leading: {}; {} rows behind it", pl.col("surface"), pl.col("lines"))
    return suspects(
        offers.filter(pl.col("seller").is_null(), params.tolerance.exceeded(other - price, price)),
        subject="price_conflict",
        observed=other,
        expected=price,
        detail=words,
    )
