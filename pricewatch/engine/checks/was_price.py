"""A struck-through price that was never charged."""

from __future__ import annotations

import polars as pl
from pydantic import Field

from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import Params, check, suspects
from pricewatch.engine.prior_prices import charged_before


class WasPrice(Params):
    """How far back a struck-through price may reach."""

    days: int = Field(
        30, ge=1, description="days before the reduction began in which the struck-through price must have been charged"
    )


def struck_through(offers: pl.LazyFrame) -> pl.LazyFrame:
    """Our own offers that strike a price through."""
    return offers.filter(pl.col("seller").is_null(), pl.col("comparable"), pl.col("was_price").is_not_null())


def without_history(offers: pl.LazyFrame, params: WasPrice, *, history: pl.LazyFrame) -> pl.LazyFrame:
    """Offers whose struck-through price can be called neither right nor wrong: the history does not reach back far enough."""
    claims = charged_before(struck_through(offers), history, days=params.days)
    return claims.filter(~pl.col("proven"), pl.col("was_price") > pl.col("price"))


@check(
    title="struck-through price never charged",
    sentence="{place} strikes through {observed}; {detail}: {expected}",
    needs={"was_price", "price", "promotion_starts_at"},
    unproven=without_history,
    observes=lambda _: "was_price",
    # a struck-through price that is gone is put right
    verifies=lambda _: pl.lit(True),
)
def was_price(offers: pl.LazyFrame, params: WasPrice, *, history: pl.LazyFrame) -> pl.LazyFrame:
    """Offers whose struck-through price is above every price charged there in the `days` before the reduction began.

    A was-price that is not above the price is wrong too. The reduction began with its promotion or, without one, when the present
    price was first seen (`engine.prior_prices`). Where the history does not reach back so far the claim is not provable: it is
    counted in the report, neither called right nor wrong. Not judged: whether the struck-through price was the lowest of the
    window (see `prior_price`, where that is the law); other sellers' offers, and offers that are not comparable.

    Example::

        - id: web-was-price
          check: was_price
          where: channel = 'web'
          days: 30
          severity: critical
          owner: legal
          why: A struck-through price must have been charged (unfair commercial practices; Directive 98/6/EC art. 6a).
    """
    claims = charged_before(struck_through(offers), history, days=params.days)
    invented = pl.col("proven") & (pl.col("was_price") > pl.col("highest"))
    no_reduction = pl.col("was_price") <= pl.col("price")
    words = (
        pl.when(no_reduction)
        .then(pl.lit("the struck-through price is not above the price"))
        .otherwise(formatted("highest price charged in the {} days before", pl.lit(params.days)))
    )
    found = claims.filter(invented | no_reduction)
    expected = pl.when(no_reduction).then("price").otherwise("highest")
    return suspects(found, subject="was_price", observed=pl.col("was_price"), expected=expected, detail=words)
