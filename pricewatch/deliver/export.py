"""A frame for other people's programs: CSV, Parquet or XLSX, complete or not there at all; money as decimal text.

The columns are those of `domain.tables`, in that order: a promise. Amounts become text (`12.99`) in the row's `currency`, so that
nobody's float loses a cent and JPY and KWD are right too.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import polars as pl

from pricewatch.deliver.spreadsheet import harmless
from pricewatch.domain import money
from pricewatch.domain.errors import UserError

FORMATS = ("csv", "parquet", "xlsx")

MONEY = ("expected", "observed", "delta", "list_price", "impact", "price", "was_price", "member_price")
"""Columns that are minor units where a frame has a `currency`."""

EXCEL_ROWS = 1_048_575
"""Rows a sheet can hold below its header."""


def decimals(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its amounts as decimal text; other columns as they are. A frame without `currency` has no amounts."""
    if "currency" not in frame.columns:
        return frame
    amounts = [name for name in MONEY if name in frame.columns and frame.schema[name].is_integer()]
    return frame.with_columns(money.show_expr(pl.col(name), pl.col("currency")).alias(name) for name in amounts)


def export(frame: pl.DataFrame, target: Path, kind: str) -> Path:
    """Write a frame to `target` as csv, parquet or xlsx. The two for spreadsheets are made harmless.

    Raises `UserError` for a kind there is none of, for more rows than a sheet holds, and when the file can't be written.
    """
    if kind not in FORMATS:
        raise UserError(f"no format '{kind}'", "--format", f"there are {', '.join(FORMATS)}")
    content = _content(decimals(frame), kind)
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        what = f"can't be written: {error.strerror or error}"
        raise UserError(what, str(target), "choose another place with --to") from error
    finally:
        part.unlink(missing_ok=True)
    return target


def _content(frame: pl.DataFrame, kind: str) -> bytes:
    """The file's bytes."""
    out = io.BytesIO()
    if kind == "csv":
        harmless(frame).write_csv(out)
    elif kind == "parquet":
        frame.write_parquet(out)
    elif frame.height > EXCEL_ROWS:
        raise UserError(f"{frame.height:,} rows; a sheet holds {EXCEL_ROWS:,}", "--format", "use csv or parquet")
    else:
        # Excel has no time zones: instants are UTC and lose only the mark that says so.
        times = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime)]
        harmless(frame).with_columns(pl.col(times).dt.replace_time_zone(None)).write_excel(out)
    return out.getvalue()
