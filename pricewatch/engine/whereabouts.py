"""Where a root went wrong, in the fewest words that are true of it.

    a price change that reached neither app nor web, and all 40 stores       channel=app, channel=web: 100 % of their offers
    a promotion missing in 14 of the 20 stores of Z3, of 60 stores           channel=store zone=Z3: 70 %
    a promotion missing in 14 of 300 stores, here and there                  14 stores: 100 %
    a price change that did not reach 400 of 80 000 labels, here and there   no scope: 0.50 % everywhere

A term (channels, zones, stores, products: `scopes.WHERE`) fits when it names nine tenths of what is wrong by parts that are each
mostly wrong. Of those that fit, the one is told that is wrong most and takes fewest parts: share squared over the root of parts.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain.money import BASIS_POINTS
from pricewatch.engine.census import Census, Rooted
from pricewatch.engine.cover import EXPLAINED
from pricewatch.engine.scopes import WHERE, Scope
from pricewatch.engine.world import Type

MOSTLY_WRONG = 2_500
"""Basis points of a scope's judged offers that must be wrong before the scope explains anything."""

WHEREABOUTS: dict[str, Type] = {
    "root": pl.String,
    "market": pl.String,
    "scope": pl.List(pl.String),
    "parts": pl.List(pl.List(pl.String)),
    "wrong": pl.Int64,
    "judged": pl.Int64,
}


def whereabouts(members: pl.DataFrame, counts: Census) -> pl.DataFrame:
    """Where each root went wrong (`WHEREABOUTS`), one row a root and market.

    In: findings of whole roots, as `scopes.keyed` gives them. Out: `scope`, the columns it is told in; `parts`, their values, one
    list a part; `wrong`, the offers wrong there; `judged`, the offers of the root that were judged there (null: nobody can say).
    """
    roots = members.select("root", "market", "root_kind", "root_value").unique()
    offers = counts.of_roots(roots)
    whole = members.group_by("root", "market").agg(all_findings=pl.len())
    told = [_told(members, offers, whole, scope, at) for at, scope in enumerate(WHERE)]
    best = pl.concat(told).sort("score", "at", descending=True).unique(["root", "market"], keep="first", maintain_order=True)
    return best.sort("root", "market").select(list(WHEREABOUTS))


def _told(members: pl.DataFrame, offers: Rooted, whole: pl.DataFrame, scope: Scope, at: int) -> pl.DataFrame:
    """The roots that can be told in one term. In none, each can, however little of it is wrong."""
    key = ["root", "market", *scope]
    found = members.group_by(key).agg(findings=pl.len(), wrong=pl.col("offer").n_unique().cast(pl.Int64))
    parts = found.join(offers.of(scope), on=key, how="left", nulls_equal=True)
    parts = parts.with_columns(judged=pl.when(pl.col("judged").is_not_null()).then(pl.max_horizontal("judged", "wrong")))
    if scope:
        mostly = pl.col("wrong") * BASIS_POINTS >= pl.col("judged") * MOSTLY_WRONG
        parts = parts.filter(mostly, *(pl.col(name).is_not_null() for name in scope))
    values = {"parts": pl.concat_list(scope)} if scope else {}
    sums = (
        parts.sort(key)
        .group_by("root", "market", maintain_order=True)
        .agg(
            pl.col("findings").sum(),
            pl.col("wrong").sum(),
            # One part that nobody counted leaves the whole uncounted.
            judged=pl.when(pl.col("judged").null_count() == 0).then(pl.col("judged").sum()),
            number=pl.len(),
            **values,
        )
    )
    if not scope:
        sums = sums.with_columns(parts=pl.lit([[]], pl.List(pl.List(pl.String))))
    share = (pl.col("wrong") / pl.col("judged")).fill_null(0.0)
    fits = pl.col("findings") * BASIS_POINTS >= pl.col("all_findings") * EXPLAINED
    return (
        sums.join(whole, on=["root", "market"], how="inner")
        .filter(fits)
        .with_columns(
            scope=pl.lit(list(scope), pl.List(pl.String)),
            score=share.pow(2) / pl.col("number").sqrt(),
            at=pl.lit(at),
        )
        .select(*WHEREABOUTS, "score", "at")
    )
