"""Rows that were not judged at all: what no reader could read, what is no price or no store of ours, what nobody knows.

They are kept in the lake with their reasons; here they are told, row by row or by reason.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pricewatch.domain.errors import UserError
from pricewatch.engine.world import SET_ASIDE
from pricewatch.store.lake import Lake

ROWS = ("source", "reason", "source_ref", "row")


def refused_rows(quarantine: pl.DataFrame, unmatched: pl.DataFrame) -> pl.DataFrame:
    """Every row set aside: `source`, `reason`, `source_ref`, `row` (as it was written; null where it was read well), in order.

    In: `tables.Quarantine`, and rows of unknown products with the same first three columns.
    """
    return pl.concat([quarantine.select(ROWS), unmatched.select(ROWS[:3])], how="diagonal").sort(ROWS[:3], maintain_order=True)


def by_reason(rows: pl.DataFrame) -> pl.DataFrame:
    """`SET_ASIDE`: rows of `refused_rows` by source and reason, the most frequent first.

    Reasons that differ in the quoted value only are one reason, told by the first of its rows.
    """
    kind = pl.col("reason").str.replace_all(r"'[^']*'", "''")
    counted = rows.group_by("source", kind=kind, maintain_order=True).agg(
        pl.col("reason").first(), rows=pl.len().cast(pl.Int64), example=pl.col("source_ref").first()
    )
    return counted.sort("rows", "source", "reason", descending=[True, False, False]).select(list(SET_ASIDE))


def refused_of(lake: Lake, night: date) -> pl.DataFrame:
    """What the lake keeps of a night (`refused_rows`); no rows where it keeps nothing of that night."""
    try:
        return refused_rows(lake.quarantine(night).collect(), lake.unmatched(night).select(ROWS[:3]).collect())
    except UserError:
        return pl.DataFrame(schema=dict.fromkeys(ROWS, pl.String))
