"""A pack costs more than the single units it holds."""

from __future__ import annotations

import polars as pl
from pydantic import Field

from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import Params, Tolerance, check, suspects


class PackLogic(Params):
    """What a pack may cost beside its single units."""

    exactly: bool = Field(
        False, description="true: a case costs exactly its units together; false: at most that, it may be cheaper"
    )
    tolerance: Tolerance = Field(Tolerance(), description="amount and percent of the units together; wrong only beyond both")


@check(
    title="pack against its units",
    sentence="{place} shows {observed} for a pack whose units cost {expected} together; {detail}",
    needs={"price", "pack_of", "unit_sku", "unit"},
    observes=lambda _: "price",
    calendar=True,
)
def pack_logic(offers: pl.LazyFrame, params: PackLogic, *, unit_prices: pl.LazyFrame) -> pl.LazyFrame:
    """Packs (`pack_of` units of `unit_sku` in the catalogue) that cost more than as many single units in the same place.

    The pack's price a unit is compared without dividing: 6 units at 0.99 are 5.94, and a six-pack at 6.49 is wrong. With
    `exactly: true` a case that is cheaper than its units is wrong too: wholesale cases that are sold by the unit. Prices are what
    customers see, so a promotion on the single unit that leaves the pack out is found: the pack has become a bad bargain.

    Not judged: packs whose single unit is not seen in the place; multibuys on the single unit; other sellers' offers, and prices
    in another currency or tax basis.

    Example::

        - id: big-packs
          check: pack_logic
          tolerance: {amount: 0.01}
          severity: minor
          owner: category-management
          why: Whoever buys the big pack expects to pay less for each.
    """
    packs = offers.filter(pl.col("seller").is_null(), pl.col("comparable"), pl.col("pack_of") > 1)
    known = packs.join(unit_prices, on=["place", "unit_sku"], how="inner", validate="m:1")
    together = pl.col("single_price") * pl.col("pack_of")
    delta = pl.col("price") - together
    wrong = params.tolerance.exceeded(delta, together)
    if not params.exactly:
        wrong &= delta > 0
    return suspects(
        known.filter(wrong),
        subject="pack_price",
        observed=pl.col("price"),
        expected=together,
        detail=formatted("{} units of {}", "pack_of", "unit_sku"),
    )
