"""A price below the lowest one it may have, or above the highest."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

import polars as pl
from pydantic import Field

from pricewatch.domain import floors
from pricewatch.domain.money import BASIS_POINTS
from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import Params, check
from pricewatch.engine.verdicts import Verdict, first_wrong, verdict
from pricewatch.engine.wording import amount


class PriceFloor(Params):
    """Which limits hold. Of several floors the highest counts."""

    own: bool = Field(True, description="our own lowest price, `min_price` of the catalogue, where there is one")
    ceiling: bool = Field(True, description="the highest or regulated price, `max_price` of the catalogue, where there is one")
    map: bool = Field(False, description="the minimum advertised price agreed with the supplier, `map_price`, where there is one")
    cost: bool = Field(False, description="the invoice price of one unit, `cost`, plus the tax that the price includes")
    margin_percent: Decimal | None = Field(
        None,
        ge=0,
        lt=100,
        decimal_places=2,
        description="least margin rate, percent: (net price - cost) / net price; null = none",
    )
    srp: Literal["none", "srp", "srp10"] = Field(
        "none", description="resale threshold (code de commerce L442-5): srp, or srp10 with 10 % more for food; none = not judged"
    )
    less_credit: bool = Field(True, description="deferred credit that is given with one unit makes it cheaper")


class Limit(NamedTuple):
    """A lowest or highest price: what it is called (String), and Int64 minor units, tax as in the price; null = none known."""

    words: pl.Expr
    price: pl.Expr


class Shown(NamedTuple):
    """A price that somebody pays: its column, what one unit costs at best (Int64), and how (String, empty where it is plain)."""

    subject: str
    effective: pl.Expr
    how: pl.Expr


OURS = pl.col("seller").is_null() & pl.col("comparable")


def without_cost(offers: pl.LazyFrame, params: PriceFloor) -> pl.LazyFrame:
    """Offers whose floor is not known: no cost in the catalogue, no tax rate, or nobody says whether it is food."""
    unknown = [limit.price.is_null() for limit in _floors_of_cost(params)]
    priced = pl.col("price").is_not_null() | pl.col("member_price").is_not_null()
    return offers.filter(OURS, priced, pl.any_horizontal(pl.lit(False), *unknown))


def comparable_price(_params: PriceFloor) -> pl.Expr:
    """Only an offer that shows a price can be above its floor."""
    return pl.col("comparable") & pl.col("price").is_not_null()


@check(
    title="beyond its floor or ceiling",
    sentence="{place}: {observed}, {detail}: {expected}",
    needs={
        "price", "member_price", "multibuy_quantity", "multibuy_paid", "credit", "tax_included", "tax_rate", "food",
        "fresh_produce", "cost", "cost_advantages", "cost_transport", "cost_taxes", "min_price", "max_price", "map_price",
    },
    unproven=without_cost,
    verifies=comparable_price,
    calendar=True,
)  # fmt: skip
def price_floor(offers: pl.LazyFrame, params: PriceFloor) -> pl.LazyFrame:
    """Offers whose price for everybody or for card holders is below a floor or above the ceiling of their product.

    A floor is held against what one unit costs at best: the price, or its part of the multibuy in force, less deferred credit. A
    minimum advertised price and the ceiling are held against the price as shown. The resale threshold (SRP) is invoice price less
    other advantages plus transport and specific taxes; `srp10` adds 10 % for food that is not fresh produce (code de commerce
    L442-5, article 125 of loi 2020-1525); with its tax it is rounded up: 2.00 less 5 % plus 0.05, food at 5.5 %, is 2.27.

    Not judged: limits the catalogue does not state. Not provable, and counted in the report: offers of products without a cost
    (`cost`, `margin_percent`, `srp`), without a tax rate where prices include tax, or not said to be food or not (`srp10`).

    Example::

        - id: own-floors
          check: price_floor
          own: true
          ceiling: true
          severity: major
          owner: pricing
          why: Nobody sells below our own lowest price, whatever promotions add up to.
    """
    highest = _highest([*_floors_of_cost(params), *_own_floor(params)])
    verdicts = [wrong for shown in _shown(params) for wrong in _wrong(shown, highest, params)]
    return first_wrong(offers.filter(OURS), verdicts)


def _shown(params: PriceFloor) -> Iterator[Shown]:
    """What everybody pays, then what card holders pay. Parts of a cent are cut off: what is below a floor stays below it."""
    credit = pl.col("credit").fill_null(0) if params.less_credit else pl.lit(0, pl.Int64)
    after = pl.when(credit > 0).then(formatted("after {} of credit, ", amount(credit))).otherwise(pl.lit(""))
    each = pl.col("multibuy_paid") // pl.col("multibuy_quantity")
    together = (each < pl.col("price")).fill_null(False)
    several = formatted("each of {} for {}, ", "multibuy_quantity", amount("multibuy_paid"))
    best = pl.when(together).then(each).otherwise("price")
    yield Shown("price", best - credit, pl.when(together).then(several).otherwise(pl.lit("")) + after)
    yield Shown("member_price", pl.col("member_price") - credit, after)


def _wrong(shown: Shown, floor: Limit, params: PriceFloor) -> Iterator[Verdict]:
    """One verdict a limit that a price may break."""
    price = pl.col(shown.subject)
    yield _beyond(shown.effective < floor.price, shown, shown.effective, floor, shown.how + pl.lit("below "))
    if params.map:
        advertised = Limit(pl.lit("the minimum advertised price"), pl.col("map_price"))
        yield _beyond(price < advertised.price, shown, price, advertised, pl.lit("below "))
    if params.ceiling:
        ceiling = Limit(pl.lit("the highest price it may have"), pl.col("max_price"))
        yield _beyond(price > ceiling.price, shown, price, ceiling, pl.lit("above "))


def _beyond(wrong: pl.Expr, shown: Shown, observed: pl.Expr, limit: Limit, words: pl.Expr) -> Verdict:
    detail = pl.concat_str(words, limit.words)
    return verdict(wrong, subject=shown.subject, observed=observed, expected=limit.price, detail=detail)


def _highest(limits: list[Limit]) -> Limit:
    """The highest of several floors, the first of equally high ones."""
    if not limits:
        return Limit(pl.lit(None, pl.String), pl.lit(None, pl.Int64))
    top = pl.max_horizontal(limit.price for limit in limits)
    return Limit(pl.coalesce(pl.when(limit.price == top).then(limit.words) for limit in limits), top)


def _own_floor(params: PriceFloor) -> list[Limit]:
    return [Limit(pl.lit("our own lowest price"), pl.col("min_price"))] if params.own else []


def _floors_of_cost(params: PriceFloor) -> list[Limit]:
    """The floors that rest on what a unit costs us; null where cost, tax rate, or whether it is food is not stated."""
    tax = pl.when("tax_included").then("tax_rate").otherwise(0)
    limits = []
    if params.srp != "none":
        limits.append(_resale(params.srp == "srp10", tax))
    if params.cost:
        limits.append(Limit(pl.lit("the lowest price that covers the cost"), floors.covering_cost(pl.col("cost"), tax)))
    if params.margin_percent is not None:
        least = floors.leaving_margin(pl.col("cost"), int(params.margin_percent * 100), tax)
        limits.append(Limit(pl.lit(f"the lowest price with a margin of {params.margin_percent} %"), least))
    return limits


def _resale(more_for_food: bool, tax: pl.Expr) -> Limit:
    """The resale threshold, or with 10 % more for food; then what nobody calls food or not has none."""
    plain, raised = pl.lit("the resale threshold (SRP)"), pl.lit("the resale threshold plus 10 % (SRP+10)")
    # what nobody calls fresh produce is none, which makes the threshold of food the higher one
    food = pl.col("food") & ~pl.col("fresh_produce").fill_null(False) if more_for_food else pl.lit(False)
    least = floors.resale_threshold(
        pl.col("cost"),
        pl.col("cost_advantages"),
        pl.col("cost_transport"),
        pl.col("cost_taxes"),
        tax,
        pl.when(food).then(floors.FOOD_FACTOR).when(~food).then(BASIS_POINTS),
    )
    return Limit(pl.when(food).then(raised).otherwise(plain), least)
