"""Versions of the price list: from when until when each holds, what stood before and what comes next.

Of the versions in force, the one that began last holds: one that lies within a longer one interrupts it, and gives back.

    1.00 from 1 March until further notice      1.00 | 5 March 0.90 | 8 March 1.00 ...
    0.90 from 5 March to 7 March
"""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine.places import looked_back_to
from pricewatch.engine.world import World

_FAR = datetime(9999, 1, 1, tzinfo=UTC)

ITEM = ["market", "zone", "item"]
VERSION = ["list_price", "price_row", "previous_list_price", "previous_price_row", "next_list_price", "next_price_row"]


def far() -> pl.Expr:
    """An instant after every other."""
    return pl.lit(_FAR, tables.UTC)


def versions(world: World, items: pl.DataFrame) -> pl.DataFrame:
    """Price-list versions: `market`, `zone`, `item`, `valid_from`, `valid_to` (UTC, end-exclusive, never null), `VERSION`.

    The previous and the next list price are the nearest that differ: a list that is issued anew each week repeats itself.
    """
    price, row = pl.col("list_price"), pl.col("price_row")
    first, last = (pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(by)) for name in ITEM) for by in (1, -1))
    position = pl.int_range(pl.len())
    began = pl.when(first | (price != price.shift(1))).then(position).forward_fill()
    ends = pl.when(last | (price != price.shift(-1))).then(position).backward_fill()
    written = (
        world.central.price_list.with_row_index("price_row")
        .with_columns(pl.col("price_row").cast(pl.Int32), declared_end=pl.col("valid_to").fill_null(far()))
        .join(items, on="sku", how="inner")
        .select(*ITEM, "list_price", "price_row", "valid_from", "declared_end")
    )
    return (
        pl.concat([written, _resumed(written)])
        .sort(*ITEM, "valid_from", "price_row")
        .with_columns(
            valid_to=pl.min_horizontal("declared_end", pl.col("valid_from").shift(-1).over(ITEM).fill_null(far())),
            previous_list_price=pl.when(~first).then(price.shift(1)).gather(began),
            previous_price_row=pl.when(~first).then(row.shift(1)).gather(began),
            next_list_price=pl.when(~last).then(price.shift(-1)).gather(ends),
            next_price_row=pl.when(~last).then(row.shift(-1)).gather(ends),
        )
        .select(*ITEM, "valid_from", "valid_to", *VERSION)
    )


def _resumed(written: pl.DataFrame) -> pl.DataFrame:
    """Rows for versions that hold again after one within them has ended; usually none.

    Where a version with an end of its own ends, the latest version begun before it that is still running takes over, unless
    another one begins at that very instant.
    """
    ended = written.filter(pl.col("declared_end") < far()).select(*ITEM, at="declared_end", inner_from="valid_from")
    begins = written.select(*ITEM, at="valid_from").unique()
    return (
        ended.join(begins, on=[*ITEM, "at"], how="anti")
        .join(written, on=ITEM, how="inner")
        .filter(pl.col("valid_from") < pl.col("at"), pl.col("declared_end") > pl.col("at"))
        .sort(*ITEM, "at", "valid_from", "price_row")
        .unique([*ITEM, "at"], keep="last", maintain_order=True)
        .select(*ITEM, "list_price", "price_row", valid_from="at", declared_end="declared_end")
    )


def segments_of(world: World, priced_by: pl.DataFrame, offered: pl.DataFrame) -> pl.DataFrame:
    """`area`, `item`, `since`, `until`: cut at every change of price or promotion tonight can matter to; the last has no end.

    In: versions by `area`; promotions by `area` and `item` with `starts_at`, `ends_at`.
    """
    key = ["area", "item"]
    start, end = pl.lit(looked_back_to(world), tables.UTC), pl.lit(world.as_of, tables.UTC)
    priced = priced_by.select(key).unique()
    inside = [
        frame.select(*key, since=pl.col(edge))
        for frame, edges in ((priced_by, ("valid_from", "valid_to")), (offered, ("starts_at", "ends_at")))
        for edge in edges
    ]
    cuts = pl.concat([cut.filter(pl.col("since") > start, pl.col("since") <= end) for cut in inside])
    cuts = cuts.join(priced, on=key, how="semi")
    every = pl.concat([priced.with_columns(since=start), cuts]).unique().sort(*key, "since")
    return every.with_columns(until=pl.col("since").shift(-1).over(key).fill_null(far()))
