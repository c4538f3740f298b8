"""Two channels that must agree, or stay within a corridor, do not."""

from __future__ import annotations

import polars as pl
from pydantic import Field

from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import Params, Tolerance, check, suspects
from pricewatch.engine.corridors import broken_bound


class ChannelParity(Params):
    """How far beyond the role's bounds is still right."""

    tolerance: Tolerance = Field(Tolerance(), description="beyond the bounds; wrong only when amount and percent are exceeded")


@check(
    title="outside its corridor",
    sentence="{place}: {observed} where {expected} is the bound; {detail}",
    needs={"price", "shipping", "leader", "leader_price", "expected_price", "role", "landed", "low", "high", "unit"},
)
def channel_parity(offers: pl.LazyFrame, params: ChannelParity) -> pl.LazyFrame:
    """Offers outside what their channel's role allows around its leader's price.

    `same_as: web` allows the leader's price itself; `within: web, from_percent: 0, to_percent: 8` a corridor around it, with
    `landed: true` for price plus shipping. The leader's price is what it should show or, where nothing was decided, what it
    shows. `expected` is the nearest bound. Not judged: channels that follow nobody; offers that show exactly what was decided
    for them, while their leader does not; landed prices whose shipping is not stated; other sellers' offers.

    Example::

        - id: marketplace-corridor
          check: channel_parity
          where: channel_kind = 'marketplace'
          severity: major
          owner: marketplaces
          why: Our own marketplace offers pay the fee and no more, up to 8 percent above the webshop.
    """
    observed = pl.when(pl.col("landed").fill_null(False)).then(pl.col("price") + pl.col("shipping")).otherwise(pl.col("price"))
    low, high = pl.col("low").fill_null(0), pl.col("high").fill_null(0)
    bound = broken_bound(observed, pl.col("leader_price"), low, high)
    wrong = params.tolerance.exceeded(observed - bound, bound) & pl.col("role").is_in(["same_as", "within"])
    excused = (pl.col("price") == pl.col("expected_price")).fill_null(False)
    asked = offers.filter(pl.col("seller").is_null(), pl.col("comparable"), wrong & ~excused)
    return suspects(asked, subject="price", observed=observed, expected=bound, detail=_words(low, high))


def _words(low: pl.Expr, high: pl.Expr) -> pl.Expr:
    """The role in words: what is compared, and what is allowed."""
    what = pl.when(pl.col("landed").fill_null(False)).then(pl.lit("price plus shipping")).otherwise(pl.lit("price"))
    allowed = formatted("{} % to {} %", *((rate / 100).cast(pl.String).str.strip_suffix(".0") for rate in (low, high)))
    return (
        pl.when(pl.col("role") == "within")
        .then(formatted("{} must be {} above the price of the {} channel", what, allowed, pl.col("leader")))
        .otherwise(formatted("must show what the {} channel shows", pl.col("leader")))
    )
