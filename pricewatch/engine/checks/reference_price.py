"""The price without any promotion is another one than the price list says."""

from __future__ import annotations

import polars as pl
from pydantic import Field

from pricewatch.engine.checks import Direction, Params, Tolerance, check, mismatches


class ReferencePrice(Params):
    """How far off is still right, and which side matters."""

    tolerance: Tolerance = Field(Tolerance(), description="amount and percent; wrong only when both are exceeded")
    direction: Direction = Field("any", description="any, overcharge or undercharge")


@check(
    title="wrong regular price",
    sentence="{place} {verb} {observed} where {expected} was decided",
    needs={"regular_price", "list_price", "tolerated_list_price", "unit"},
    observes=lambda _: "regular_price",
)
def reference_price(offers: pl.LazyFrame, params: ReferencePrice) -> pl.LazyFrame:
    """Offers whose regular price is off the list price in force when they were seen.

    Judged where the channel states a price without promotion: tills, price files, APIs. During the channel's grace after a price
    change the former list price is right too. Not judged: offers without a list price, or not comparable (tax, currency).

    Example::

        - id: store-shelf-price
          check: reference_price
          where: channel_kind = 'store'
          tolerance: {amount: 0.05, percent: 1}
          severity: critical
          owner: store-ops
          why: The till must charge the decided price.
    """
    return mismatches(
        offers,
        observed="regular_price",
        expected="list_price",
        tolerated="tolerated_list_price",
        tolerance=params.tolerance,
        direction=params.direction,
    )
