"""How the demo's files are written: semicolons, decimals with a point, the same bytes every time."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import polars as pl

from pricewatch.domain.texts import formatted


def decimal(column: str) -> pl.Expr:
    """Cents as decimal text, for files: 1299 is 12.99; null stays null."""
    amount = pl.col(column)
    return formatted("{}.{}", amount // 100, (amount % 100).cast(pl.String).str.zfill(2)).alias(column)


def day(expression: pl.Expr) -> pl.Expr:
    """A date as `2017-06-18`."""
    return expression.dt.strftime("%Y-%m-%d")


def write(path: Path, rows: pl.DataFrame, *, separator: str = ";", trailer: str = "") -> int:
    """Writes one file with a header, packed when its name ends in `.gz`; the number of rows. The folder is made."""
    text = rows.write_csv(separator=separator) + trailer
    packed = text.encode()
    if path.suffix == ".gz":
        packed = gzip.compress(packed, compresslevel=6, mtime=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed)
    return rows.height


def nightly(inbox: Path, night: date, *parts: str) -> Path:
    """A night's place in the inbox."""
    return inbox.joinpath(night.isoformat(), *parts)
