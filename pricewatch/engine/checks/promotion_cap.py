"""The promotions of a product give more together than the law allows."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import polars as pl
from pydantic import Field

from pricewatch.domain.money import BASIS_POINTS
from pricewatch.domain.texts import formatted
from pricewatch.engine import audiences
from pricewatch.engine.audiences import Audience
from pricewatch.engine.bargain import Bargain, CreditOn, best_bargain
from pricewatch.engine.checks import Params, check, suspects
from pricewatch.engine.wording import amount, percent


class PromotionCap(Params):
    """The most that all advantages of a product may add up to, and what is left alone."""

    audience: Audience = "everyone"
    food_percent: Decimal = Field(
        Decimal(34), ge=0, le=100, decimal_places=2, description="percent of the list price, food and pet food; for example 34"
    )
    fast_moving_percent: Decimal = Field(
        Decimal(40), ge=0, le=100, decimal_places=2, description="percent, for other fast-moving consumer goods; for example 40"
    )
    credit_on: CreditOn = Field(
        "paid", description="what a deferred credit's percentage is taken of: paid (the price paid) or regular (the list price)"
    )
    near_expiry: Literal["exempt", "judged"] = Field(
        "judged", description="perishable products on clearance: exempt or judged; what is not stated to be both is judged"
    )


def of_unknown_kind(offers: pl.LazyFrame, params: PromotionCap) -> pl.LazyFrame:
    """Offers that may give too much: under one of the caps they do, and the catalogue does not say whether it is theirs."""
    food, fast_moving = _basis_points(params.food_percent), _basis_points(params.fast_moving_percent)
    may_be_food = pl.col("food").is_null() & ~pl.col("fast_moving").fill_null(False)
    may_be_fast_moving = ~pl.col("food").fill_null(False) & pl.col("fast_moving").is_null()
    least = pl.min_horizontal(pl.when(may_be_food).then(food), pl.when(may_be_fast_moving).then(fast_moving))
    return _judged(offers, params).filter(_bargain(params).exceeds(least))


@check(
    title="promotion over the legal cap",
    sentence="{place} asks {observed}, and {expected} is the least: {detail}",
    needs={
        "price",
        "member_price",
        "list_price",
        "expected_price",
        "multibuy_quantity",
        "multibuy_paid",
        "multibuy_row",
        "extra",
        "extra_row",
        "credit",
        "credit_row",
        "promotion_row",
        "member_promotion_row",
        "currency",
        "food",
        "fast_moving",
        "perishable",
        "clearance",
    },
    unproven=of_unknown_kind,
    observes=lambda params: audiences.of(params.audience).shown,
    calendar=True,
)
def promotion_cap(offers: pl.LazyFrame, params: PromotionCap) -> pl.LazyFrame:
    """Offers whose price cut, multibuy, extra content and deferred credit, taken together, exceed a share of the list price.

    All of them count as one advantage: what is paid for as many units as the multibuy asks for, less what is credited, of what
    that much content costs at the list price. Worked: of 2.95, 1.95 is the least at 34 % (66 % is 1.947, rounded up); 20 % off
    and 20 % of it credited are 36 %; 1+1 is 50 %, 2+1 is 33.3 %; 51.5 % more content is 33.99 %. What is paid for a multibuy is
    what the calendar makes of it; the single price is the one that is shown.

    Not judged: products that are neither food nor fast-moving; those of which the catalogue does not say so, counted as not
    provable where it would matter; products without a list price; credit a channel gives on its own; how much of a supplier's
    volume is sold on promotion. `expected` is the least amount that stays within the cap; it is empty where credit or content
    exceed it by themselves.

    Source: France, art. 125 of loi ASAP 2020-1525, amended by lois 2023-221 and 2025-337: 34 % for food and pet food, 40 % for
    other fast-moving goods, immediate or deferred, cumulated.

    Example::

        - id: promotion-cap
          check: promotion_cap
          food_percent: 34
          fast_moving_percent: 40
          severity: critical
          owner: legal
          why: Advantages on food may not add up to more than 34 percent (loi ASAP art. 125).
    """
    food, fast_moving = _basis_points(params.food_percent), _basis_points(params.fast_moving_percent)
    is_food, is_fast_moving = pl.col("food").fill_null(False), pl.col("fast_moving").fill_null(False)
    cap = pl.when(is_food).then(food).when(is_fast_moving).then(fast_moving)
    goods = pl.when(is_food).then(pl.lit("food")).otherwise(pl.lit("fast-moving goods"))
    bargain = _bargain(params)
    columns = audiences.of(params.audience)
    several = bargain.units > 1
    found = _judged(offers, params).filter(bargain.exceeds(cap))
    evidence = pl.when(several).then("multibuy_row").otherwise(pl.coalesce(columns.row, "credit_row", "extra_row"))
    suspected = suspects(
        found.with_columns(promotion_row=evidence),
        subject=columns.shown,
        observed=bargain.paid,
        expected=bargain.lowest(cap),
        detail=_words(bargain, cap, goods, columns.shown),
    )
    return suspected.with_columns(subject=pl.when(several).then(pl.lit("multibuy_paid")).otherwise("subject"))


def _judged(offers: pl.LazyFrame, params: PromotionCap) -> pl.LazyFrame:
    """Own comparable offers that give anything at all."""
    shown = pl.col(audiences.of(params.audience).shown)
    gives = pl.any_horizontal(
        shown < pl.col("list_price"), *(pl.col(name).is_not_null() for name in ("multibuy_paid", "extra", "credit"))
    )
    judged = offers.filter(pl.col("seller").is_null(), pl.col("comparable"), pl.col("list_price") > 0, shown.is_not_null(), gives)
    if params.near_expiry == "exempt":
        judged = judged.filter(~(pl.col("perishable") & pl.col("clearance")).fill_null(False))
    return judged


def _bargain(params: PromotionCap) -> Bargain:
    shown = pl.col(audiences.of(params.audience).shown)
    return best_bargain(shown, params.credit_on)


def _basis_points(percent: Decimal) -> pl.Expr:
    return pl.lit(int(percent * 100), pl.Int64)


def _words(bargain: Bargain, cap: pl.Expr, goods: pl.Expr, shown: str) -> pl.Expr:
    """What the advantages add up to, the cap, and what they are made of."""
    price, listed = pl.col(shown), pl.col("list_price")
    rate = (bargain.credit * BASIS_POINTS * 2 + bargain.credit_of) // (bargain.credit_of * 2)
    parts = [
        pl.when(price < listed).then(formatted("{} instead of {}", amount(price), amount(listed))),
        pl.when(bargain.units > 1).then(formatted("{} for {}", bargain.units, amount(bargain.paid))),
        pl.when(bargain.extra > 0).then(formatted("{} % more content", percent(bargain.extra))),
        pl.when(bargain.credit > 0).then(formatted("{} % credited", percent(rate))),
    ]
    return formatted(
        "{} % in all, the cap for {} is {} %: {}",
        percent(bargain.percent),
        goods,
        percent(cap),
        pl.concat_str(parts, separator=", ", ignore_nulls=True),
    )
