"""A promotion has ended, and the channel still gives it."""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from pricewatch.engine.checks import Params, check, suspects


class PromotionStale(Params):
    """Whose promotion."""

    audience: Literal["everyone", "members"] = Field(
        "everyone", description="everyone: public promotions; members: member prices"
    )


@check(
    title="ended promotion still given",
    sentence="{place} still gives {promotion}: {observed} instead of {expected}",
    keyed_by_promotion=True,
    needs={
        "price",
        "member_price",
        "list_price",
        "expected_price",
        "expected_member_price",
        "tolerated_price",
        "tolerated_member_price",
        "ended_price",
        "ended_row",
        "ended_member_price",
        "ended_member_row",
    },
    refines={"expected_price", "channel_parity", "reference_price"},
)
def promotion_stale(offers: pl.LazyFrame, params: PromotionStale) -> pl.LazyFrame:
    """Offers that show exactly the price of a promotion that has ended, and not what is decided now.

    Promotions are remembered for 60 days after their end. During the channel's grace after the end the former price is right.

    Example::

        - id: web-ended-promotion
          check: promotion_stale
          where: channel_kind IN ('web', 'app')
          severity: major
          owner: ecommerce
          why: A price cut that has ended costs margin every hour.
    """
    prefix = "" if params.audience == "everyone" else "member_"
    shown, ended = pl.col(f"{prefix}price"), pl.col(f"ended_{prefix}price")
    now = pl.coalesce(f"expected_{prefix}price", "expected_price")
    still = (shown == ended) & (shown < pl.col("list_price")) & (shown != now)
    still &= shown.ne_missing(pl.col(f"tolerated_{prefix}price"))
    found = offers.filter(still).with_columns(promotion_row=pl.col(f"ended_{'member_' if prefix else ''}row"))
    return suspects(found, subject=f"{prefix}price", observed=shown, expected=now)
