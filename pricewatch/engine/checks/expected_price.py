"""The channel shows another price than the one that was decided, promotions included."""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from pricewatch.engine.checks import Direction, Params, Tolerance, check, mismatches


class ExpectedPrice(Params):
    """Whose price, how far off is still right, and which side matters."""

    audience: Literal["everyone", "members"] = Field("everyone", description="everyone: the price; members: the member price")
    tolerance: Tolerance = Field(Tolerance(), description="amount and percent; wrong only when both are exceeded")
    direction: Direction = Field("any", description="any, overcharge or undercharge")


def shown_or_not_due(column: str) -> pl.Expr:
    """A price that is shown can be right; one that is not shown is right where none is due."""
    return pl.col(column).is_not_null() | pl.col(f"expected_{column}").is_null()


@check(
    title="wrong price",
    sentence="{place} {verb} {observed} where {expected} was decided",
    needs={
        "price",
        "expected_price",
        "tolerated_price",
        "member_price",
        "expected_member_price",
        "tolerated_member_price",
        "unit",
    },
    refines={"channel_parity", "reference_price"},
    observes=lambda params: "price" if params.audience == "everyone" else "member_price",
    verifies=lambda params: shown_or_not_due("price" if params.audience == "everyone" else "member_price"),
)
def expected_price(offers: pl.LazyFrame, params: ExpectedPrice) -> pl.LazyFrame:
    """Offers whose price is off the decided one: list price, or what the promotions in force make of it.

    During the channel's grace after a change the former price is right too. Not judged: offers without an expected price (see
    `coverage`), or not comparable (tax, currency); for members, offers that show no member price (see `promotion_missing`).

    Example::

        - id: web-price
          check: expected_price
          where: channel = 'web'
          severity: critical
          owner: ecommerce
          why: The webshop must show the decided price.
    """
    prefix = "" if params.audience == "everyone" else "member_"
    evidence = offers
    if prefix:
        # before a first member price, members paid what everyone paid
        formerly = pl.coalesce("tolerated_member_price", "tolerated_price")
        evidence = offers.with_columns(promotion_row=pl.col("member_promotion_row"), tolerated_member_price=formerly)
    return mismatches(
        evidence,
        observed=f"{prefix}price",
        expected=f"expected_{prefix}price",
        tolerated=f"tolerated_{prefix}price",
        tolerance=params.tolerance,
        direction=params.direction,
    )
