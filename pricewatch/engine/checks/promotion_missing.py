"""A promotion is in force, and the channel does not give it."""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from pricewatch.engine.checks import Params, check, suspects


class PromotionMissing(Params):
    """Whose promotion, and how much evidence it takes."""

    audience: Literal["everyone", "members"] = Field(
        "everyone", description="everyone: public promotions; members: member prices"
    )
    min_lines: int = Field(
        1, ge=1, description="rows behind the offer: one till line without a card looks like a missing promotion"
    )


def enough_lines(params: PromotionMissing) -> pl.Expr:
    """As many rows as it takes to say that a promotion is missing, or one that shows it is given, or none is due."""
    given = (pl.col("member_lines") > 0) | pl.col("expected_member_price").is_null()
    return (pl.col("lines") >= params.min_lines) | (given if params.audience == "members" else pl.lit(False))


@check(
    title="promotion not given",
    sentence="{place} does not give {promotion}: {observed} instead of {expected}",
    keyed_by_promotion=True,
    needs={
        "price",
        "member_price",
        "list_price",
        "expected_price",
        "expected_member_price",
        "tolerated_price",
        "tolerated_member_price",
        "promotion_row",
        "member_promotion_row",
        "lines",
        "member_lines",
    },
    refines={"expected_price", "channel_parity", "reference_price"},
    verifies=enough_lines,
)
def promotion_missing(offers: pl.LazyFrame, params: PromotionMissing) -> pl.LazyFrame:
    """Offers at or above the list price while a promotion in force should make them cheaper.

    For `members`: no row behind the offer shows a reduced member price, and there are at least `min_lines` of them. A reduction
    that is given but has the wrong depth is a matter of `expected_price`. During the channel's grace after the promotion's start
    the former price is right.

    Example::

        - id: store-member-promotion
          check: promotion_missing
          where: channel_kind = 'store'
          audience: members
          min_lines: 2
          severity: major
          owner: store-ops
          why: What the leaflet promises, the till gives.
    """
    everyone = params.audience == "everyone"
    expected = pl.col("expected_price" if everyone else "expected_member_price")
    row = "promotion_row" if everyone else "member_promotion_row"
    shown = pl.col("price") if everyone else pl.coalesce("member_price", "price")
    tolerated = pl.col("tolerated_price") if everyone else pl.coalesce("tolerated_member_price", "tolerated_price")
    # a promotion price at or above the list price leaves the list price: what is dearer still is a matter of `expected_price`
    promised = pl.col(row).is_not_null() & (expected < pl.col("list_price"))
    missing = promised & (shown >= pl.col("list_price")) & shown.ne_missing(tolerated)
    if not everyone:
        missing &= pl.col("member_lines") == 0
    found = offers.filter(missing, pl.col("lines") >= params.min_lines).with_columns(promotion_row=pl.col(row))
    return suspects(found, subject="price" if everyone else "member_price", observed=shown, expected=expected)
