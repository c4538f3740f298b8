"""What may explain findings: whole roots, one key in a scope, and what is bad as a whole whatever the causes.

whole root    promotion P-2218, on every channel and under every rule       explains all that goes back to it
scope         decimal point moved, in category tea of one file              explains as far as it is wrong
mixed         a file of which half is wrong, for many reasons               the same
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Literal

import polars as pl

from pricewatch.domain.money import BASIS_POINTS
from pricewatch.domain.texts import formatted
from pricewatch.engine.census import Census
from pricewatch.engine.cover import AT_LEAST
from pricewatch.engine.scopes import PLACED, SCATTERED_CAUSES, SCOPES, Scope
from pricewatch.engine.whereabouts import MOSTLY_WRONG
from pricewatch.engine.world import Type

BAD_AS_A_WHOLE = 5_000
"""Basis points of a file's, store's or product's offers that must be wrong before it is bad as a whole."""

A_HANDFUL = 5
"""Findings below which a scope must be wrong nearly altogether: two wrong of four are soon found somewhere by chance."""

NEARLY_ALTOGETHER = 9_000
"""Basis points of a handful's scope that must be wrong."""

TIMES_THE_REST = 2
"""How many times as wrong as the rest of its market a scope must be. Where every fifth price is wrong, a product of which every
fourth is was not what went wrong."""

ONE_REASON = 5_000
"""Basis points of its findings from which one key is the reason, and not the whole."""

SEVERAL = "several"
"""The key of findings that have a scope in common and nothing else."""

EXPLANATIONS: dict[str, Type] = {
    "identity": pl.String,
    "market": pl.String,
    "key": pl.String,
    "mixed": pl.Boolean,
    "scope": pl.List(pl.String),
    "part": pl.List(pl.String),
    "judged": pl.Int64,
    "preferred": pl.Int64,
    "rows": pl.List(pl.UInt32),
}


Counts = Callable[[Scope], pl.DataFrame]
"""`Census.of`: `market`, the scope's columns, `judged` (Int64). Each scope is counted once, though several ask for it."""


def explanations(active: pl.DataFrame, counts: Census) -> pl.DataFrame:
    """What may explain findings (`EXPLANATIONS`), in a fixed order.

    In: findings as `scopes.keyed` gives them. Out: `identity`, the same on every night, for it is made of names, never of counts;
    `part`, the values of the columns in `scope`; `judged`, null for whole roots; `rows`, ascending. The same rows are in many.
    """
    judged = cache(counts.of)
    scoped = _scoped(active, judged, lambda: cache(counts.zoned.of))
    found = [_whole(active), *scoped, *(_mixed(active, judged, scope) for scope in SCATTERED_CAUSES)]
    return pl.concat(found).sort("identity")


def identity(text: str) -> str:
    """An incident's id. Twelve digits: among ten thousand of a bad night, eight would name two alike once in a hundred nights."""
    return "i" + hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def _whole(active: pl.DataFrame) -> pl.DataFrame:
    """Findings by the root that they go back to, wherever they are."""
    found = active.filter("whole").group_by("market", "key").agg("row").filter(pl.col("row").list.len() >= AT_LEAST)
    return _shaped(found.with_columns(judged=pl.lit(None, pl.Int64)), ())


def _scoped(active: pl.DataFrame, counts: Counts, zone_counts: Callable[[], Counts]) -> Iterator[pl.DataFrame]:
    """Findings of one key in each scope that is mostly wrong."""
    loose = active.filter(~pl.col("whole"))
    placed = pl.col("root_kind").eq_missing(PLACED)
    for zoned in (False, True):
        part = loose.filter(placed if zoned else ~placed)
        if part.height < AT_LEAST:
            continue
        # A store with another zone's prices is right where zones agree: it is held against the products that differ.
        held = zone_counts() if zoned else counts
        for scope in SCOPES:
            found = _grouped(part, ("key", *scope), scope)
            if found.height:
                yield _shaped(_mostly_wrong(found, held, scope, MOSTLY_WRONG, _all_wrong(part, "key")), scope)


def _mixed(active: pl.DataFrame, counts: Counts, scope: Scope) -> pl.DataFrame:
    """Findings of many keys in one scope, most of which is wrong."""
    found = _grouped(active, scope, scope)
    by_key = active.group_by("market", *scope, "key").agg(n=pl.len())
    reasons = by_key.group_by("market", *scope).agg(one=pl.col("n").max() * BASIS_POINTS // pl.col("n").sum())
    found = found.join(reasons.filter(pl.col("one") < ONE_REASON), on=["market", *scope], how="inner")
    bad = _mostly_wrong(found, counts, scope, BAD_AS_A_WHOLE, _all_wrong(active))
    if scope == ("file",):
        # A file that is bad as a whole is one incident, whether its root says so or its many causes.
        return _shaped(bad.with_columns(key=formatted("file {}", "file")), (), mixed=True)
    return _shaped(bad.with_columns(key=pl.lit(SEVERAL)), scope, mixed=True)


def _grouped(found: pl.DataFrame, key: tuple[str, ...], scope: Scope) -> pl.DataFrame:
    """Findings by market and key, where every column of the scope is stated: `row` (List), `wrong` offers (Int64)."""
    named = found.filter(pl.col(name).is_not_null() for name in scope) if scope else found
    groups = named.group_by("market", *key).agg("row", wrong=pl.col("offer").n_unique().cast(pl.Int64))
    return groups.filter(pl.col("row").list.len() >= AT_LEAST)


def _all_wrong(found: pl.DataFrame, *key: str) -> pl.DataFrame:
    """Wrong offers by market and key: `all_wrong` (Int64)."""
    return found.group_by("market", *key).agg(all_wrong=pl.col("offer").n_unique().cast(pl.Int64))


def _mostly_wrong(found: pl.DataFrame, counts: Counts, scope: Scope, least: int, all_wrong: pl.DataFrame) -> pl.DataFrame:
    """Groups whose wrong offers are enough of those judged in their scope, and more than elsewhere: `judged` is added.

    What is missing was not judged, so there may be more wrong offers than judged ones: then all of the scope is wrong.
    """
    key = [name for name in all_wrong.columns if name != "all_wrong"]
    # What is missing was in no file. A place of which nothing was judged is wrong altogether; a file without offers is none.
    counted: Literal["inner", "left"] = "inner" if "file" in scope else "left"
    held = (
        found.join(counts(scope), on=["market", *scope], how=counted, nulls_equal=True)
        .join(counts(()).rename({"judged": "all_judged"}), on="market", how="left", nulls_equal=True)
        .join(all_wrong, on=key, how="left", nulls_equal=True)
        .with_columns(judged=pl.max_horizontal(pl.col("judged").fill_null(0), "wrong"))
    )
    needed = pl.when(pl.col("row").list.len() < A_HANDFUL).then(NEARLY_ALTOGETHER).otherwise(least)
    rest = pl.max_horizontal(pl.col("all_judged").fill_null(0) - pl.col("judged"), 0)
    elsewhere = pl.col("all_wrong") - pl.col("wrong")
    return held.filter(
        pl.col("wrong") * BASIS_POINTS >= pl.col("judged") * needed,
        (rest == 0) | (pl.col("wrong") * rest >= elsewhere * pl.col("judged") * TIMES_THE_REST),
    )


def _shaped(found: pl.DataFrame, scope: Scope, *, mixed: bool = False) -> pl.DataFrame:
    """Groups as `EXPLANATIONS`."""
    parts = [formatted("{}={}", pl.lit(name), name) for name in scope]
    named = pl.concat_str(pl.col("market").fill_null(""), "key", *parts, separator="\x1f")
    shaped = found.select(
        named.alias("name"),
        "market",
        "key",
        pl.lit(mixed).alias("mixed"),
        pl.lit(list(scope), pl.List(pl.String)).alias("scope"),
        (pl.concat_list(scope) if scope else pl.lit([], pl.List(pl.String))).alias("part"),
        "judged",
        pl.lit(SCOPES.index(scope), pl.Int64).alias("preferred"),
        pl.col("row").alias("rows"),
    )
    ids = pl.Series("identity", [identity(name) for name in shaped["name"]], pl.String)
    return shaped.with_columns(ids).select(pl.col(name).cast(dtype) for name, dtype in EXPLANATIONS.items())
