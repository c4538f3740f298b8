"""Does the till charge what the shelf promises? What was charged against the lowest price that was shown, item by item.

A price is wrong when what is charged differs from the lowest advertised, quoted, posted or marked price (NIST Handbook 130,
Examination Procedure for Price Verification): above it an overcharge, below it an undercharge.

    100 items, 1 overcharged, 2 undercharged     accuracy 97 %: fails; undercharges left out 99 %; O/U ratio 0.5

`scanned` says it of each item, `score` adds it up by store and department. `engine.sampling` draws what a store checks by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from pricewatch.domain.money import BASIS_POINTS

Charged = Literal["price", "regular_price", "paid"]
"""What the till charges: to everybody now for one, without any promotion, or for all units of a line."""

Reference = Literal["label", "price_file", "decided"]

REFERENCES: tuple[Reference, ...] = ("label", "price_file", "decided")
"""What a charge is held against; of equal ones the first is named."""

DECIDED: dict[str, tuple[str, str]] = {
    "price": ("expected_price", "tolerated_price"),
    "regular_price": ("list_price", "tolerated_list_price"),
    "paid": ("expected_price", "tolerated_price"),
}
"""What was decided of each charge, and what is right too while a channel's grace runs."""


def references(charged: Charged, among: Collection[Reference] = REFERENCES) -> dict[Reference, pl.Expr]:
    """The prices a charge is held against, Int64 minor units for as many units as it is for; null where not stated.

    During the channel's grace after a change the former decided price is right too: a till that still charges it is not held
    against the new one, but is against a label that says the new one already.
    """
    decided, tolerated = DECIDED[charged]
    units = pl.col("quantity") if charged == "paid" else pl.lit(1, pl.Int64)
    in_grace = (pl.col(charged) == pl.col(tolerated) * units).fill_null(False)
    stated = {"label": pl.col("label_price"), "price_file": pl.col("file_price"), "decided": pl.when(~in_grace).then(decided)}
    return {name: stated[name] * units for name in REFERENCES if name in among}


def lowest(charged: Charged, among: Collection[Reference] = REFERENCES) -> pl.Expr:
    """The lowest of `references` (Int64 minor units); null where none is stated."""
    return pl.min_horizontal(*references(charged, among).values())


def judged_charge(charged: Charged) -> pl.Expr:
    """Boolean: our own till row states this charge. What several units cost under a multibuy is no single price's matter."""
    ours = pl.col("seller").is_null() & pl.col("comparable") & (pl.col("surface") == "till") & pl.col(charged).is_not_null()
    return ours & pl.col("multibuy_row").is_null() if charged == "paid" else ours


def scanned(
    offers: pl.LazyFrame, *, charged: Charged = "price", among: Collection[Reference] = REFERENCES, by: Sequence[str] = ()
) -> pl.LazyFrame:
    """Every item that a till was seen to charge, with what was promised.

    In: judged offers (`engine.expect`), with the columns named in `by` (for departments joined with `rules.products`). Out:
    `item`, `place`, the columns of `by`, `charged` and `promised` (Int64 minor units), `over` and `under` (Int64 minor units,
    zero where right). Left out: charges of which nobody stated a price; other sellers; other currencies or tax bases.
    """
    rows = offers.filter(judged_charge(charged)).select(
        "item", "place", *by, charged=pl.col(charged), promised=lowest(charged, among)
    )
    difference = pl.col("charged") - pl.col("promised")
    return rows.filter(pl.col("promised").is_not_null()).with_columns(
        over=difference.clip(lower_bound=0), under=(-difference).clip(lower_bound=0)
    )


@dataclass(frozen=True)
class PassMark:
    """When a store passes."""

    accuracy: int = 9800
    """Basis points of the items that must be right (NIST Handbook 130: 98 %)."""
    undercharges_count: bool = True
    """Whether an undercharge is an error too: yes in Handbook 130, no where only overcharges fail (California B&P 13350)."""


def score(items: pl.LazyFrame, *, by: Sequence[str] = (), mark: PassMark | None = None) -> pl.LazyFrame:
    """How accurate the tills are, one row a group of `by` (store, department), or one row in all.

    In: rows of `scanned`, all of them or those drawn by `engine.sampling.sample`. Out: `by`; `sampled`, `correct`, `over`,
    `under` (items, Int64); in basis points (Int64, rounded half up) `accuracy` (correct of sampled), `accuracy_without_under`
    (all but overcharged), `overcharge_rate` (over of sampled), `over_under` (over to under, 5000 is 0.5; null without
    undercharges); `overcharged` and `undercharged` (sums, Int64 minor units); `passed` (Boolean, on exact counts). Empty without
    items.
    """
    mark = mark or PassMark()
    sampled, over, under = pl.col("sampled"), pl.col("over"), pl.col("under")
    right = pl.col("correct") if mark.undercharges_count else sampled - over
    added = items.select(
        *by,
        sampled=pl.lit(1, pl.Int64),
        over=(pl.col("over") > 0).cast(pl.Int64),
        under=(pl.col("under") > 0).cast(pl.Int64),
        overcharged=pl.col("over"),
        undercharged=pl.col("under"),
    )
    group = list(by)
    sums = added.group_by(group).agg(pl.all().sum()) if group else added.select(pl.all().sum()).filter(sampled > 0)
    return sums.with_columns(correct=sampled - over - under).select(
        *group,
        "sampled",
        "correct",
        "over",
        "under",
        accuracy=_share(pl.col("correct"), sampled),
        accuracy_without_under=_share(sampled - over, sampled),
        overcharge_rate=_share(over, sampled),
        over_under=_share(over, under),
        overcharged="overcharged",
        undercharged="undercharged",
        passed=right * BASIS_POINTS >= sampled * mark.accuracy,
    )


def _share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Basis points, rounded half up; null of nothing."""
    return pl.when(whole > 0).then((part * BASIS_POINTS * 2 + whole) // (whole * 2))
