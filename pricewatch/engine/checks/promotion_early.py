"""A promotion has not begun, and the channel gives it already."""

from __future__ import annotations

import polars as pl

from pricewatch.engine import audiences
from pricewatch.engine.audiences import Audience
from pricewatch.engine.checks import Params, check


class PromotionEarly(Params):
    """Whose promotion."""

    audience: Audience = "everyone"


@check(
    title="promotion given too early",
    sentence="{place} gives {promotion} before it begins: {observed} instead of {expected}",
    keyed_by_promotion=True,
    needs={
        "price",
        "member_price",
        "list_price",
        "expected_price",
        "expected_member_price",
        "tolerated_price",
        "tolerated_member_price",
        "early_price",
        "early_row",
        "early_member_price",
        "early_member_row",
    },
    refines={
        "promotion_depth",
        "promotion_unauthorised",
        "promotion_label",
        "expected_price",
        "channel_parity",
        "reference_price",
    },
)
def promotion_early(offers: pl.LazyFrame, params: PromotionEarly) -> pl.LazyFrame:
    """Offers that show exactly the price of the next promotion, which has not begun, and not what is decided now.

    The next promotion is the one that begins within 14 days. A price that also equals that of a promotion that has ended is a
    matter of `promotion_stale`: it was left standing, not brought forward. Not judged: other sellers' offers and offers that are
    not comparable; promotions that make nothing cheaper; for members, offers that show no member price.

    Example::

        - id: online-promotion-early
          check: promotion_early
          where: channel_kind IN ('web', 'app')
          severity: major
          owner: ecommerce
          why: A price cut before its day costs margin, and begins the thirty days of its prior price too soon.
    """
    columns = audiences.of(params.audience)
    return audiences.outside_the_window(offers, columns, price=columns.early, row=columns.early_row)
