"""Lists as tables that fit the screen: the least important columns go first, and the table says which went.

`Column.text` makes the cells in Polars; only the rows that are shown ever become Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pricewatch.domain import money, tables
from pricewatch.domain.texts import formatted
from pricewatch.report import words
from pricewatch.report.terminal import ID
from pricewatch.report.totals import PRICES

GAP = 2
"""Blanks between columns."""

EXTRA = 13
"""A column that matters as little as this is shown where there is room for it, and no other is cut for it."""


@dataclass(frozen=True)
class Column:
    """One column of a list: what it is called, how its cells are made, how much it matters (1 is kept to the last)."""

    header: str
    text: pl.Expr
    matters: int
    right: bool = False
    widest: int = 40
    """Longer cells are cut, with dots."""
    narrowest: int = 0
    """It may be cut to this before any column that matters more than `EXTRA` is left out; 0: it may not."""


def listing(frame: pl.DataFrame, columns: Sequence[Column], *, width: int, total: int | None = None) -> RenderableType:
    """A table of the frame's rows, `width` columns wide at most. `total` is said where fewer rows are shown than there are."""
    cells = frame.select(column.text.cast(pl.String).fill_null("").alias(column.header) for column in columns)
    longest = cells.select(pl.all().str.len_chars().max()).row(0) if cells.height else (0,) * len(columns)
    room = {c.header: min(max(len(c.header), found or 0), c.widest) for c, found in zip(columns, longest, strict=True)}
    kept, gone = list(columns), list[str]()

    def over() -> int:
        return sum(room[c.header] + GAP for c in kept) - GAP - width

    def leave_out(least: int) -> None:
        while len(kept) > 1 and over() > 0 and (column := max(kept, key=lambda c: c.matters)).matters >= least:
            kept.remove(column)
            gone.append(column.header)

    leave_out(EXTRA)
    for column in kept:
        if column.narrowest and over() > 0:
            room[column.header] = max(min(room[column.header], column.narrowest), room[column.header] - over())
    leave_out(0)
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim")
    for column in kept:
        table.add_column(column.header, justify="right" if column.right else "left", no_wrap=True, overflow="crop")
    for row in cells.select(c.header for c in kept).iter_rows():
        table.add_row(*(Text(words.shorten(words.plain(cell), room[c.header])) for c, cell in zip(kept, row, strict=True)))
    if frame.is_empty():
        return Text("nothing to show", style="dim")
    notes = [f"{frame.height:,} of {total:,} shown; --limit 0 shows all"] if total is not None and total > frame.height else []
    notes += [f"no room for: {', '.join(reversed(gone))}"] if gone else []
    return Group(table, Text("; ".join(notes), style="dim")) if notes else table


def _money(column: str) -> pl.Expr:
    """Minor units with their currency."""
    return pl.concat_str(money.show_expr(pl.col(column), pl.col("currency")), pl.col("currency"), separator=" ")


def _at_risk() -> pl.Expr:
    """What is charged too much and too little a week: `1680.00 EUR over, 12.00 EUR under`; empty for neither."""
    sides = [
        pl.when(pl.col(column) > 0).then(formatted("{} {}", _money(column), pl.lit(side)))
        for column, side in (("overcharge", "over"), ("undercharge", "under"))
    ]
    return pl.concat_str(sides, separator=", ", ignore_nulls=True)


def _percent(column: str) -> pl.Expr:
    """Basis points as percent."""
    return formatted("{} %", (pl.col(column) / 100).round(1))


def _cause() -> pl.Expr:
    """Causes in words; what is said of a fault that is not about money, where no price could be its cause."""
    known = pl.col("cause").replace(words.CAUSES).str.replace_all("_", " ")
    said = pl.coalesce("detail", "message")
    return pl.when(pl.col("cause") == "unknown", ~pl.col("subject").is_in(list(PRICES))).then(said).otherwise(known)


def _where() -> pl.Expr:
    """Channel and store; a fault of a source, the source."""
    place = pl.concat_str("channel", "location", separator=" ", ignore_nulls=True)
    return pl.when(pl.col("sku").is_null()).then(formatted("source {}", "source")).otherwise(place)


FINDINGS = (
    Column("finding", pl.col("fingerprint").str.slice(0, ID), 1),
    Column("state", pl.col("state"), 8),
    Column("severity", pl.col("severity"), 9),
    Column("where", _where(), 2, widest=24),
    Column("sku", pl.col("sku"), 3, widest=18),
    Column("product", pl.col("name"), 7, widest=32, narrowest=16),
    Column("what", pl.col("subject").str.replace_all("_", " "), 11),
    Column("should be", _money("expected"), 4, right=True),
    Column("shown", _money("observed"), 5, right=True),
    Column("cause", _cause(), 6),
    Column("a week", _money("impact"), 10, right=True),
    Column("owner", pl.col("owner"), 12, widest=16),
)

INCIDENTS = (
    Column("#", pl.col("rank"), 11, right=True),
    Column("incident", pl.col("incident"), 1, widest=32),
    Column("title", pl.col("title"), 2, widest=64, narrowest=30),
    Column("severity", pl.col("severity"), 7),
    Column("findings", pl.col("findings"), 3, right=True),
    Column("new", pl.col("new"), 8, right=True),
    Column("share", _percent("share"), 9, right=True),
    Column("a week", _at_risk(), 4, right=True),
    Column("owner", pl.col("owner"), 6, widest=16),
    Column("since", pl.col("first_seen"), 10),
    Column("explains", _percent("explained"), 13, right=True),
    Column("for example", pl.col("example_message"), 14, widest=80),
)

REFUSED = (
    Column("source", pl.col("source"), 3, widest=24),
    Column("reason", pl.col("reason"), 1, widest=80, narrowest=40),
    Column("where", pl.col("source_ref"), 2, widest=80, narrowest=30),
)

LINT = (
    Column("severity", pl.col("severity"), 3),
    Column("rule", pl.col("rule"), 4),
    Column("what is wrong", pl.col("message"), 1, widest=100, narrowest=40),
    Column("where", pl.col("source_ref"), 2, widest=80, narrowest=20),
)

WAIVERS = (
    Column("waiver", pl.col("waiver"), 1, widest=24),
    Column("scope", pl.col("scope"), 2, widest=60, narrowest=24),
    Column("until", pl.col("until"), 3),
    Column("holds", pl.col("holds"), 4, right=True),
    Column("who", pl.col("who"), 5, widest=16),
    Column("why", pl.col("why"), 6, widest=50, narrowest=16),
    Column("from", pl.col("since"), 7),
    Column("where it stands", pl.col("source_ref"), 8),
)

RUNS = (
    Column("night", pl.col("night"), 1),
    Column("status", pl.col("status"), 2),
    Column("offers", pl.col("offers"), 4, right=True),
    Column("judged", pl.col("judged"), 3, right=True),
    Column("not comparable", pl.col("not_comparable"), 8, right=True),
    Column("not provable", pl.col("not_provable"), 9, right=True),
    Column("quarantined", pl.col("quarantined"), 5, right=True),
    Column("unmatched", pl.col("unmatched"), 6, right=True),
    Column("seconds", pl.col("seconds").round(1), 10, right=True),
    Column("as of", pl.col("as_of").dt.strftime("%Y-%m-%d %H:%M UTC"), 7),
)


def worst_first(findings: pl.DataFrame) -> pl.DataFrame:
    """Findings by severity, then money at risk, then fingerprint: the order of every list and export."""
    severity = pl.col("severity").replace_strict({name: n for n, name in enumerate(tables.SEVERITIES)}, return_dtype=pl.Int8)
    return findings.sort(-severity, -pl.col("impact").fill_null(0), "fingerprint")
