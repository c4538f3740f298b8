"""A promotion has ended, and the channel still gives it."""

from __future__ import annotations

import polars as pl

from pricewatch.engine import audiences
from pricewatch.engine.audiences import Audience
from pricewatch.engine.checks import Params, check


class PromotionStale(Params):
    """Whose promotion."""

    audience: Audience = "everyone"


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
    refines={
        "promotion_early",
        "promotion_depth",
        "promotion_unauthorised",
        "promotion_label",
        "expected_price",
        "channel_parity",
        "reference_price",
    },
)
def promotion_stale(offers: pl.LazyFrame, params: PromotionStale) -> pl.LazyFrame:
    """Offers that show exactly the price of a promotion that has ended, and not what is decided now.

    Promotions are remembered for 60 days after their end. During the channel's grace after the end the former price is right. A
    price that also equals that of the next promotion (`promotion_early`) was left standing: it is told once, here.

    Example::

        - id: web-ended-promotion
          check: promotion_stale
          where: channel_kind IN ('web', 'app')
          severity: major
          owner: ecommerce
          why: A price cut that has ended costs margin every hour.
    """
    columns = audiences.of(params.audience)
    return audiences.outside_the_window(offers, columns, price=columns.ended, row=columns.ended_row)
