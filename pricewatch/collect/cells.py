"""Cells of Excel and Parquet files as the text a person would see: no binary noise, no lost leading zeros, no nulled words."""

from __future__ import annotations

import io

import polars as pl
from polars import selectors as cs

from pricewatch.domain.errors import SourceError

_DIGITS: dict[type[pl.DataType], int] = {pl.Float64: 15, pl.Float32: 7}
"""Significant digits that a binary number really holds: 0.1 + 0.2 is 0.3, not 0.30000000000000004."""


def excel_rows(data: bytes, sheet: str | None, ref: str) -> pl.DataFrame:
    """One row a row of the sheet that is not blank: `number` (as Excel counts, from 1) and the cells `c0`, `c1` ... as text."""
    try:
        frame = pl.read_excel(
            io.BytesIO(data),
            sheet_name=sheet,
            has_header=False,
            drop_empty_rows=False,
            drop_empty_cols=False,
            raise_if_empty=False,
            # All cells as text, or words in a column of numbers become null; no skipping, or the row numbers are wrong.
            read_options={"dtypes": "string", "header_row": None, "skip_rows": 0},
        )
    except ValueError:
        raise SourceError(f"has no sheet '{sheet}'", ref, "name a sheet it has, or null for the first (layout: sheet)") from None
    except Exception as error:  # calamine's own error types are private
        raise SourceError(f"can't be read as Excel: {str(error).splitlines()[0]}; nothing was imported", ref) from None
    frame.columns = [f"c{index}" for index in range(frame.width)]
    midnight = pl.all().str.strip_suffix(" 00:00:00")  # a day without a time, as its cell shows it
    return (
        frame.with_columns(midnight)
        .with_row_index("number", offset=1)
        .filter(pl.any_horizontal(pl.exclude("number").str.contains(r"\S")) if frame.width else False)
    )


def parquet_rows(data: bytes, list_separator: str, ref: str) -> pl.DataFrame:
    """One row a row of the file, all columns as text under their own names. Lists are joined by `list_separator`."""
    try:
        frame = pl.read_parquet(io.BytesIO(data))
        return frame.select(_as_text(name, dtype, list_separator) for name, dtype in frame.schema.items())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise SourceError(f"can't be read as Parquet: {str(error).splitlines()[0]}; nothing was imported", ref) from None


def _as_text(name: str, dtype: pl.DataType, list_separator: str) -> pl.Expr:
    column = pl.col(name)
    if dtype.base_type() in _DIGITS:
        # Whole numbers without `.0`: identifiers that once went through a spreadsheet stay identifiers.
        shown = column.round_sig_figs(_DIGITS[dtype.base_type()])
        whole = (shown == shown.round(0)) & (shown.abs() < 10**15)
        text = pl.when(whole).then(shown.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(shown.cast(pl.String))
        return text.alias(name)
    if isinstance(dtype, pl.List):
        return column.cast(pl.List(pl.String)).list.join(list_separator)
    if isinstance(dtype, pl.Datetime):
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S%:z" if dtype.time_zone else "%Y-%m-%d %H:%M:%S")
    if dtype in (pl.Struct, pl.Object, pl.Binary, pl.Array):
        return pl.lit(None, pl.String).alias(name)
    return column.cast(pl.String)


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Text cells without blanks around them; empty is null."""
    text = cs.string().str.strip_chars()
    return frame.with_columns(text).with_columns(pl.when(cs.string() != "").then(cs.string()))
