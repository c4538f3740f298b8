"""A struck-through price that was never charged."""

from __future__ import annotations

import polars as pl
from pydantic import Field

from pricewatch.domain import tables
from pricewatch.engine.checks import Params, check, suspects


class WasPrice(Params):
    """How far back a struck-through price may reach."""

    days: int = Field(
        30, ge=1, description="days before the reduction began in which the struck-through price must have been charged"
    )


def without_history(offers: pl.LazyFrame, params: WasPrice, *, history: pl.LazyFrame) -> pl.LazyFrame:
    """Offers whose struck-through price can be called neither right nor wrong: the history does not reach back far enough."""
    claims = charged_before(offers, history, days=params.days)
    return claims.filter(pl.col("comparable"), ~pl.col("proven"), pl.col("was_price") > pl.col("price"))


@check(
    title="struck-through price never charged",
    sentence="{place} strikes through {observed}; {detail}: {expected}",
    needs={"was_price", "price", "promotion_starts_at"},
    unproven=without_history,
)
def was_price(offers: pl.LazyFrame, params: WasPrice, *, history: pl.LazyFrame) -> pl.LazyFrame:
    """Offers whose struck-through price is above every price charged there in the `days` before the reduction began.

    A was-price that is not above the price is wrong too. The reduction began with its promotion or, without one, when the present
    price was first seen. Where the history does not reach back so far the claim is not provable: it is counted in the report,
    neither called right nor wrong.

    Example::

        - id: web-was-price
          check: was_price
          where: channel = 'web'
          days: 30
          severity: critical
          owner: legal
          why: A struck-through price must have been charged (unfair commercial practices; Directive 98/6/EC art. 6a).
    """
    claims = charged_before(offers, history, days=params.days)
    invented = pl.col("proven") & (pl.col("was_price") > pl.col("highest"))
    no_reduction = pl.col("was_price") <= pl.col("price")
    words = (
        pl.when(no_reduction)
        .then(pl.lit("the struck-through price is not above the price"))
        .otherwise(pl.format("highest price charged in the {} days before", pl.lit(params.days)))
    )
    found = claims.filter(pl.col("comparable"), invented | no_reduction)
    expected = pl.when(no_reduction).then("price").otherwise("highest")
    return suspects(found, subject="was_price", observed=pl.col("was_price"), expected=expected, detail=words)


def charged_before(offers: pl.LazyFrame, history: pl.LazyFrame, *, days: int) -> pl.LazyFrame:
    """Offers that strike a price through, with `highest` (the highest price in force in the window) and `proven` (Boolean).

    The window is the `days` before the reduction began. A price is in force from when it was first seen until the next one was.
    `proven` is true when the history reaches back to the window's start.
    """
    claims = offers.filter(pl.col("was_price").is_not_null(), pl.col("seller").is_null())
    key = ["item", "place"]
    told = (
        history.filter(pl.col("seller").is_null(), pl.col("price").is_not_null())
        .join(claims.select(key).unique(), on=key, how="semi")
        .sort(*key, "since")
        # history also begins a row where only the claim or the member price changes: the price itself was in force all along
        .filter(pl.col("price").ne_missing(pl.col("price").shift(1).over(key)))
        .with_columns(gone=pl.col("since").shift(-1).over(key))
    )
    now = told.filter(pl.col("gone").is_null()).select(*key, last_price="price", last_since="since")
    seen_so = pl.when(pl.col("last_price") == pl.col("price")).then("last_since")
    claims = claims.join(now, on=key, how="left").with_columns(
        began=pl.coalesce("promotion_starts_at", seen_so, "observed_at").cast(tables.UTC)
    )
    window = pl.col("began") - pl.duration(days=days)
    before = claims.select(*key, "surface", "began").join(told, on=key, how="inner").filter(pl.col("since") < pl.col("began"))
    inside = pl.col("gone").is_null() | (pl.col("gone") > window)
    summary = before.group_by(*key, "surface").agg(
        highest=pl.col("price").filter(inside).max(), proven=(pl.col("since") <= window).any()
    )
    return claims.join(summary, on=[*key, "surface"], how="left").with_columns(pl.col("proven").fill_null(False))
