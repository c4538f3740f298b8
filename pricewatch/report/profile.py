"""Where a night's time went: stage by stage, and which rules are dear."""

from __future__ import annotations

import polars as pl
from rich.console import Group, RenderableType
from rich.text import Text

from pricewatch.domain.texts import formatted
from pricewatch.report.lists import Column, listing

DEAREST = 15
"""Rules that are named; the others are told together."""


def where_time_went(spent: pl.DataFrame, *, width: int) -> RenderableType:
    """Stages in their order, then the rules, the dearest first. In: `runs.stopwatch.Stopwatch.table`."""
    told = spent.with_columns(
        pl.Series(name, [f"{rows:,}" for rows in spent[name]], dtype=pl.String) for name in ("rows_in", "rows_out")
    )
    stages = told.filter(part="stage")
    rules = told.filter(part="rule").sort("seconds", "name", descending=[True, False])
    return Group(
        Text("\nWHERE THE TIME WENT"),
        listing(stages, _columns("stage", "rows in", "rows out"), width=width),
        Text("\nRULES, THE DEAREST FIRST (their time is within 'judge')"),
        listing(rules.head(DEAREST), _columns("rule", "looked at", "suspects"), width=width, total=rules.height),
        Text("A rule looks at each situation once, and at the offers of those that any rule suspects."),
    )


def _columns(what: str, rows_in: str, rows_out: str) -> list[Column]:
    hundredths = (pl.col("seconds") * 100).round().cast(pl.Int64)
    seconds = formatted("{}.{}", hundredths // 100, (hundredths % 100).cast(pl.String).str.zfill(2))
    share = (pl.col("seconds") * 100 / pl.col("seconds").sum()).fill_nan(0.0).round().cast(pl.Int64)
    return [
        Column(what, pl.col("name"), 1),
        Column("seconds", seconds, 2, right=True),
        Column("share", formatted("{} %", share), 4, right=True),
        Column(rows_in, pl.col("rows_in"), 3, right=True),
        Column(rows_out, pl.col("rows_out"), 5, right=True),
    ]
