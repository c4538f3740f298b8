"""What was charged before a reduction began: what a struck-through price is held against (Directive 98/6/EC art. 6a).

The window is the days before the reduction began, not before today. Every price counts that was in force in it: the one in force
when the window opens, and each that began inside. A price is in force from when it was first seen until the next one was.

    20 Aug 29.90, 10 Sep 24.90, 15 Sep 29.90, 25 Sep 34.90; announced on 1 Oct: "-30 %", 24.43
    window of 30 days     [1 Sep, 1 Oct): 29.90 in force when it opens, then 24.90, 29.90, 34.90
    lowest 24.90          the prior price: 24.43 is 1.9 % less
    highest 34.90         a struck-through price above it was never charged

Prices are those of one product in one channel and place, open to everybody: a minimum over channels would be another law.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from pricewatch.domain import tables

KEY = ["item", "place"]
CLAIM = [*KEY, "surface"]
SEEN_NIGHTLY = timedelta(days=1)
"""Channels are looked at once a night, so what is new is first seen up to a day after its launch."""


def charged_before(
    claims: pl.LazyFrame, history: pl.LazyFrame, *, days: int, progressive: bool = False, since_launch: bool = False
) -> pl.LazyFrame:
    """Offers that announce a reduction, with what was charged before it began.

    In: own judged offers (`price`, `promotion_starts_at`, `observed_at`; with `since_launch` also `launched_on`), one row an
    item, place and surface; `tables.History` in any order. Added: `began` (UTC, when the reduction began), `lowest` and `highest`
    (Int64, minor units; null when nothing is known) of the prices in force in the `days` before, and `proven` (Boolean): whether
    the history reaches back to where the window opens.

    A reduction began with its promotion or, where that was announced here before the calendar's day, with the announcement;
    without a promotion, when the present price was first seen; else tonight. `progressive`: it began with the first of an
    uninterrupted chain of reductions. `since_launch`: the window of a product that is on the market for less than `days` opens
    with its launch.
    """
    told = spells(claims, history, days=days)
    now = told.filter(pl.col("gone").is_null()).select(*KEY, last_price="price", last_since="since", last_claim="claimed_since")
    same = pl.col("last_price") == pl.col("price")
    announced = pl.when(same).then("last_claim")
    dated = claims.join(now, on=KEY, how="left", validate="m:1").with_columns(
        began=pl.coalesce(
            # two promotions at one price, announced without a gap, are one reduction
            pl.when(pl.col("promotion_starts_at").is_not_null()).then(pl.min_horizontal("promotion_starts_at", announced)),
            pl.when(same).then("last_since"),
            "observed_at",
        ).cast(tables.UTC)
    )
    if progressive:
        dated = _from_the_first_reduction(dated, told, days=days)
    window = pl.col("began") - pl.duration(days=days)
    reaches = window
    if since_launch:
        window = pl.max_horizontal(window, "launched_on")
        reaches = pl.max_horizontal(reaches, pl.col("launched_on") + SEEN_NIGHTLY)
    dated = dated.with_columns(_opens=window, _reaches=reaches)
    before = dated.select(*CLAIM, "began", "_opens", "_reaches").join(told, on=KEY, how="inner")
    before = before.filter(pl.col("since") < pl.col("began"))
    inside = pl.col("gone").is_null() | (pl.col("gone") > pl.col("_opens"))
    summary = before.group_by(CLAIM).agg(
        lowest=pl.col("price").filter(inside).min(),
        highest=pl.col("price").filter(inside).max(),
        proven=(pl.col("since") <= pl.col("_reaches")).any(),
    )
    return (
        dated.join(summary, on=CLAIM, how="left", validate="m:1")
        .with_columns(pl.col("proven").fill_null(False))
        .drop("last_price", "last_since", "last_claim", "_opens", "_reaches")
    )


def spells(claims: pl.LazyFrame, history: pl.LazyFrame, *, days: int) -> pl.LazyFrame:
    """How long each price stayed, of the items and places of `claims`: one row a price as long as it did not change.

    `price` (Int64), `since`, `gone` (UTC; null for the last one), `claimed_since` (UTC: since when a struck-through price was
    shown beside it without a gap; null where none is) and `chain` (UTC: when the first of the uninterrupted reductions began that
    this one is a step of; null where it is none). A price is a step when it is lower than the one before and was announced; where
    the history tells no struck-through prices at all, when it stayed no longer than `days`: one that stays longer is the regular
    price.
    """
    claimed = pl.col("was_price").is_not_null()
    begins = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in (*KEY, "price"))
    stayed = (
        history.filter(pl.col("seller").is_null(), pl.col("price").is_not_null())
        .join(claims.select(KEY).unique(), on=KEY, how="semi")
        .sort(*KEY, "since")
        # history also begins a row where only the claim or the member price changes: the price itself was in force all along
        .with_columns(begins=begins, claimed=claimed)
        .with_columns(
            spell=pl.col("begins").cum_sum(),
            claim=pl.when("claimed", pl.col("begins") | ~pl.col("claimed").shift(1).fill_null(False)).then("since"),
        )
        .group_by("spell")
        .agg(
            pl.col(*KEY, "price", "since").first(),
            claim=pl.col("claim").max(),
            claimed_last=pl.col("claimed").last(),
            claimed=pl.col("claimed").any(),
        )
        .sort("spell")
        .with_columns(
            claimed_since=pl.when("claimed_last").then("claim"),
            gone=pl.when(~_new_offer(-1)).then(pl.col("since").shift(-1)),
        )
    )
    lower = ~_new_offer(1) & (pl.col("price") < pl.col("price").shift(1))
    short = (pl.col("gone") - pl.col("since") <= pl.duration(days=days)).fill_null(True)
    announced = pl.when(pl.col("claimed").any().over(KEY)).then("claimed").otherwise(short)
    first = pl.col("step") & ~pl.col("step").shift(1).over(KEY).fill_null(False)
    chain = pl.when(first).then("since").forward_fill().over(KEY)
    return (
        stayed.with_columns(step=(lower & announced).fill_null(False))
        .with_columns(chain=pl.when("step").then(chain))
        .select(*KEY, "price", "since", "gone", "claimed_since", "chain")
    )


def _new_offer(by: int) -> pl.Expr:
    """Whether the row `by` rows before is about another product or place, or there is none. In: rows sorted by `KEY`."""
    return pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(by)) for name in KEY)


def _from_the_first_reduction(claims: pl.LazyFrame, told: pl.LazyFrame, *, days: int) -> pl.LazyFrame:
    """Claims whose `began` is moved to the first of the reductions that led to the present one without an interruption."""
    before = (
        claims.select(*CLAIM, "began", now="price")
        .join(told, on=KEY, how="inner")
        .filter(pl.col("since") < pl.col("began"))
        .sort("since")
        .unique(CLAIM, keep="last", maintain_order=True)
    )
    # tonight's reduction may follow a step that the history has not seen the end of: it, too, is none once it stayed too long
    stood = (pl.col("began") - pl.col("since") <= pl.duration(days=days)) | pl.col("claimed_since").is_not_null()
    further = pl.col("chain").is_not_null() & (pl.col("now") < pl.col("price")) & stood
    chained = before.filter(further).select(*CLAIM, "chain")
    joined = claims.join(chained, on=CLAIM, how="left", validate="m:1")
    return joined.with_columns(began=pl.coalesce("chain", "began")).drop("chain")
