"""A reduction announced from a higher price than the lowest one charged before it."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import polars as pl
from pydantic import Field

from pricewatch.domain.advantages import depth
from pricewatch.domain.money import BASIS_POINTS
from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import Params, check
from pricewatch.engine.prior_prices import charged_before
from pricewatch.engine.verdicts import first_wrong, verdict
from pricewatch.engine.wording import amount


class PriorPrice(Params):
    """How a country has put Directive 98/6/EC art. 6a into law."""

    days: int = Field(30, ge=1, description="days before the reduction in which the lowest price counts; in the EU at least 30")
    progressive: bool = Field(
        False, description="of reductions that grow without interruption the price before the first counts (art. 6a paragraph 5)"
    )
    perishable: Literal["judge", "exempt"] = Field(
        "judge",
        description="goods that deteriorate or expire quickly (art. 6a paragraph 3); exempt: those the catalogue calls so",
    )
    new_goods: Literal["judge", "since_launch", "exempt"] = Field(
        "judge", description="products on the market for less than `days` (paragraph 4); since_launch: the days since then count"
    )
    percent_tolerance: Decimal = Field(
        Decimal("0.5"), ge=0, decimal_places=2, description="percentage points an announced percentage may be rounded up by"
    )


def announcing(offers: pl.LazyFrame, params: PriorPrice) -> pl.LazyFrame:
    """Our own offers that may announce a reduction: with a struck-through price or a label."""
    return offers.filter(
        pl.col("seller").is_null(),
        pl.col("comparable"),
        pl.col("price").is_not_null(),
        pl.col("was_price").is_not_null() | pl.col("promotion_label").is_not_null(),
        pl.lit(params.perishable == "judge") | ~pl.col("perishable").fill_null(False),
    )


def promised(labels: pl.LazyFrame) -> pl.LazyFrame:
    """What labels promise everybody for one unit: `promotion_label`, `said_percent` (Int64 basis points); one row a label."""
    said = pl.col("said").struct
    # the best of several, with a card or a code, from two units on, or in two readings: not what one pays at the price shown
    unlike = pl.any_horizontal(said.field(name) for name in ("up_to", "members", "conditional", "ambiguous"))
    percent = pl.when(~unlike & said.field("code").is_null()).then(said.field("percent"))
    return labels.select("promotion_label", said_percent=percent).drop_nulls("said_percent")


def before_the_reduction(offers: pl.LazyFrame, history: pl.LazyFrame, labels: pl.LazyFrame, params: PriorPrice) -> pl.LazyFrame:
    """Announced reductions that the law is about: `said_percent`, and what was charged before (`charged_before`)."""
    claims = announcing(offers, params)
    new = pl.col("launched_on") > pl.col("began") - pl.duration(days=params.days)
    exempt = new.fill_null(False) & (params.new_goods == "exempt")
    return (
        charged_before(
            claims,
            history,
            days=params.days,
            progressive=params.progressive,
            since_launch=params.new_goods == "since_launch",
        )
        .join(promised(labels), on="promotion_label", how="left", validate="m:1")
        .filter((pl.col("was_price") > pl.col("price")) | pl.col("said_percent").is_not_null(), ~exempt)
    )


def without_history(offers: pl.LazyFrame, params: PriorPrice, *, history: pl.LazyFrame, labels: pl.LazyFrame) -> pl.LazyFrame:
    """Announced reductions whose prior price nobody can prove: the history does not reach back far enough."""
    return before_the_reduction(offers, history, labels, params).filter(~pl.col("proven"))


@check(
    title="reduction from a price that is not the prior one",
    sentence="{place} strikes through {observed}; {detail}",
    needs={"was_price", "price", "promotion_label", "promotion_starts_at", "perishable", "launched_on", "currency"},
    refines={"was_price"},
    unproven=without_history,
    calendar=True,
)
def prior_price(offers: pl.LazyFrame, params: PriorPrice, *, history: pl.LazyFrame, labels: pl.LazyFrame) -> pl.LazyFrame:
    """Offers that announce a reduction from more than the prior price: the lowest price in the `days` before the reduction began.

    Wrong is a struck-through price above the prior price, and a percentage that is not reached from it: it must itself be
    computed from the prior price (CJEU C-330/23, Aldi Süd). Bananas at 1.29, announced as 23 % less than the last price of 1.69:
    the lowest of the 30 days before was 1.29, so the reduction is 0 %. The 30 days end when the reduction began in that channel
    and place, not today; the price in force when they open counts, and every one after it. Law: Directive 98/6/EC art. 6a, in
    France code de la consommation L112-1-1.

    Of a chain of growing reductions (`progressive`) the window ends where the first began; a price that went up in between breaks
    the chain. Not provable, and counted in the report: reductions whose window the history does not reach back for.

    Not judged: labels for card holders, with a code, from several units on, "up to", or with two readings; money off ("-2.00");
    other sellers' offers, and offers that are not comparable. A struck-through price below the prior one announces too little,
    and is not found.

    Example::

        - id: web-prior-price
          check: prior_price
          where: channel_kind = 'web'
          days: 30
          severity: critical
          owner: legal
          why: A reduction is announced from the lowest price of the 30 days before it (Directive 98/6/EC art. 6a).
    """
    claims = before_the_reduction(offers, history, labels, params).filter(pl.col("proven"))
    price, prior = pl.col("price"), pl.col("lowest")
    saved = (prior - price).clip(lower_bound=0)
    real = depth(saved, prior).fill_null(0)
    implied = depth(pl.col("was_price") - price, pl.col("was_price"))
    claimed = pl.max_horizontal("said_percent", implied)
    first = "first " if params.progressive else ""
    detail = formatted(
        "the lowest price in the {} days before the {}reduction was {}, of which {} is {} % less: "
        "the {} % announced is {} points too much",
        pl.lit(params.days),
        pl.lit(first),
        amount(prior),
        amount(price),
        _percent(real),
        _percent(claimed),
        _percent(claimed - real),
    )
    overstated = saved * BASIS_POINTS < prior * (pl.col("said_percent") - int(params.percent_tolerance * 100))
    return first_wrong(
        claims,
        [
            verdict(
                pl.col("was_price") > prior, subject="was_price", observed=pl.col("was_price"), expected=prior, detail=detail
            ),
            verdict(overstated, subject="promotion_label", detail=detail),
        ],
    ).drop("said_percent", "began", "lowest", "highest", "proven")


def _percent(basis_points: pl.Expr) -> pl.Expr:
    """With one decimal, rounded half up: 2811 is `28.1`."""
    tenths = (basis_points + 5) // 10
    return formatted("{}.{}", tenths // 10, tenths % 10)
