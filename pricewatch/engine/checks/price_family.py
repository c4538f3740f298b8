"""One of a family of products that cost the same has another price."""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import Params, Tolerance, check, suspects

KEY = ["place", "family"]


class PriceFamily(Params):
    """How many products make a family, and whether a promotion may set one of them apart."""

    at_least: int = Field(2, ge=2, description="products of the family that must be seen in the place to say what it costs there")
    promotions: Literal["judge", "exempt"] = Field(
        "judge", description="judge: also a promotion that is for part of the family; exempt: what a promotion makes is right"
    )
    tolerance: Tolerance = Field(Tolerance(), description="amount and percent; wrong only when both are exceeded")


@check(
    title="family not at one price",
    sentence="{place} shows {observed} where the family costs {expected}; {detail}",
    needs={"price", "family", "expected_price", "promotion_row", "unit"},
    observes=lambda _: "price",
    calendar=True,
)
def price_family(offers: pl.LazyFrame, params: PriceFamily, *, families: pl.LazyFrame) -> pl.LazyFrame:
    """Offers off the price that most products of their family (flavours, colours, sizes priced alike) show in the same place.

    Where several prices are equally frequent, the family costs what was decided for the product, if that is one of them. A
    promotion on one size alone is found, and the detail says so: it is either forgotten for the others or meant, and then
    `promotions: exempt` leaves out what shows exactly its promotion's price.

    Not judged: products without a family; places that show fewer than `at_least` products of it; families whose most frequent
    price is none, with a decided price that is not among them; other sellers' offers, and prices in another currency or tax
    basis.

    Example::

        - id: line-prices
          check: price_family
          at_least: 3
          severity: minor
          owner: category-management
          why: All flavours of a yoghurt cost the same, or customers ask at the till.
    """
    most = _most_frequent(families, params.at_least)
    own = offers.filter(pl.col("seller").is_null(), pl.col("comparable"), pl.col("price").is_not_null())
    known = own.join(most, on=KEY, how="inner", validate="m:1")
    among = pl.col("_prices").list.contains(pl.col("expected_price"))
    usual = pl.when(pl.col("_prices").list.len() == 1).then(pl.col("_prices").list.first()).when(among).then("expected_price")
    judged = known.with_columns(_usual=usual)
    promoted = (pl.col("promotion_row").is_not_null() & (pl.col("price") == pl.col("expected_price"))).fill_null(False)
    wrong = params.tolerance.exceeded(pl.col("price") - pl.col("_usual"), pl.col("_usual"))
    if params.promotions == "exempt":
        wrong &= ~promoted
    counted = formatted("{} of {} products of {} cost that", "_shown", "_members", "family")
    alone = pl.when(promoted).then(pl.lit("; a promotion sets this one apart")).otherwise(pl.lit(""))
    return suspects(
        judged.filter(wrong),
        subject="family_price",
        observed=pl.col("price"),
        expected=pl.col("_usual"),
        detail=counted + alone,
    )


def _most_frequent(families: pl.LazyFrame, at_least: int) -> pl.LazyFrame:
    """`place`, `family`, `_prices` (the most frequent ones, a list), `_shown` (products at each), `_members` (products seen)."""
    most = pl.col("shown").max()
    return (
        families.group_by(KEY)
        .agg(
            _prices=pl.col("family_price").filter(pl.col("shown") == most).sort(),
            _shown=most,
            _members=pl.col("shown").sum(),
            _different=pl.len(),
        )
        # nobody is off the price of a family that has one: nearly all of them
        .filter(pl.col("_members") >= at_least, pl.col("_different") > 1)
        .drop("_different")
    )
