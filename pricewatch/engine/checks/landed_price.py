"""Price, shipping and points together are too far from what the own shop charges for the same product."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
from pydantic import Field

from pricewatch.domain.landed import landed
from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import check, suspects
from pricewatch.engine.corridors import Corridor

WORDS = "price plus shipping less points must be {} what the {} channel charges with shipping"


class LandedPrice(Corridor):
    """How far from our own shop's landed price is still right."""

    leader_shipping: Decimal | None = Field(
        None,
        ge=0,
        description="what the followed channel ships one for where it does not say, in the currency, for example 0.00; "
        "null = not judged there",
    )


def _stated(params: LandedPrice) -> pl.Expr:
    """What the followed channel's shipping costs (Int64 minor units); null where nobody says."""
    if params.leader_shipping is None:
        return pl.col("leader_shipping")
    # thousandths: KWD has three decimals, no currency has more
    declared = pl.col("unit") * int(params.leader_shipping * 1000) // 1000
    return pl.col("leader_shipping").fill_null(declared)


def both_landed(params: LandedPrice) -> pl.Expr:
    """Both sides are known with their shipping."""
    return landed(pl.col("price"), pl.col("shipping"), pl.col("points")).is_not_null() & _stated(params).is_not_null()


@check(
    title="landed price outside its corridor",
    sentence="{place}: {observed} where {expected} is the bound; {detail}",
    needs={"price", "shipping", "points", "shipping_row", "leader", "leader_price", "leader_shipping", "unit"},
    refines={"channel_parity"},
    observes=lambda _: "shipping",
    verifies=both_landed,
)
def landed_price(offers: pl.LazyFrame, params: LandedPrice) -> pl.LazyFrame:
    """Offers whose landed price (price + shipping - points) lies outside the corridor around the followed channel's own.

    18.99 with 2.99 shipping and 0.20 points is 21.78: where the webshop asks 21.99 shipped free, the marketplace is 0.21 cheaper
    although its price is 3.00 lower. The followed channel's price is what it should show or, where nothing was decided, what it
    shows (see `channel_parity`). `expected` is the nearest bound. Shipping that is charged although a promotion in force promises
    it free is wrong whatever it comes to, and is told instead.

    Not judged: channels that follow nobody; offers whose shipping is not stated, nor that of the followed channel (unless
    `leader_shipping` says what it is); other sellers' offers, and prices in another currency or tax basis. Points that are not
    stated are none.

    Example::

        - id: marketplace-landed-price
          check: landed_price
          where: channel_kind = 'marketplace'
          from_percent: 0
          to_percent: 8
          leader_shipping: 0.00
          severity: major
          owner: marketplaces
          why: Delivered, our marketplace offers never undercut our own shop, and pay the fee and no more.
    """
    observed = landed(pl.col("price"), pl.col("shipping"), pl.col("points"))
    judged = offers.filter(pl.col("seller").is_null(), pl.col("comparable")).with_columns(
        _landed=observed,
        _bound=params.bound(observed, pl.col("leader_price") + _stated(params)),
        # a promise broken is told before a corridor missed: one finding an offer
        _promised=pl.col("shipping_row").is_not_null() & (pl.col("shipping") > 0).fill_null(False),
    )
    promised = judged.filter("_promised").with_columns(promotion_row="shipping_row")
    outside = judged.filter(~pl.col("_promised"), pl.col("_bound").is_not_null())
    words = formatted(WORDS, pl.lit(params.words), "leader")
    free = suspects(
        promised,
        subject="shipping",
        observed=pl.col("shipping"),
        expected=pl.lit(0),
        detail=pl.lit("a promotion in force promises free shipping"),
    )
    beyond = suspects(outside, subject="landed_price", observed=pl.col("_landed"), expected=pl.col("_bound"), detail=words)
    return pl.concat([free, beyond])
