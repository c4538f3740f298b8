"""CSV, TSV, fixed width, Excel and Parquet by a declared layout (config/sources.yaml), for offers and central files alike.

The layout's `columns` say what ours is called there; other columns keep the file's own names. A row becomes text under our
names plus `source_ref`, `path:line` with the true number of its line (Excel: of its row). Cells lose the blanks around them,
empty cells are null; nothing else is changed.

Refused with a reason, one by one: rows with too many or too few fields, with quotes that can't be read, or (fixed width) that
end before their last column. Refused whole: files that are cut off, not as declared, or not what their trailer promises.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import polars as pl

from pricewatch.collect import delimited
from pricewatch.collect.cells import excel_rows, parquet_rows, tidy
from pricewatch.collect.importers import Reading, importer
from pricewatch.collect.lines import count, numbered_lines, without_trailer
from pricewatch.collect.unpack import named_inside, unpacked
from pricewatch.domain.errors import SourceError
from pricewatch.domain.texts import formatted
from pricewatch.workspace.config import FixedColumn, Layout, Source

NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "offers": (
        ("external_id", "sku", "gtin"),
        ("price_text", "regular_price_text", "member_price_text"),
    ),
    "history": (("external_id", "sku", "gtin"), ("price_text", "regular_price_text", "member_price_text"), ("since",)),
    "products": (("sku",),),
    "price_list": (("sku",), ("list_price",), ("valid_from",)),
    "promotions": (("promotion",), ("mechanic",), ("value",), ("starts_at",), ("ends_at",)),
    "locations": (("location",), ("zone",)),
}
"""What a file must have at least, by what it feeds: one column of each group. Without them no row means anything."""

_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsb", ".ods", ".parquet")
_STAMPED = ("source", "source_ref", "collected_at")


@dataclass(frozen=True)
class _Table:
    """A file as numbered cells: what all formats have in common."""

    cells: pl.DataFrame
    """`number` (line or row, from 1) and one String column a cell."""
    names: dict[str, str]
    """Cell column -> the file's own name of it; empty for files without names."""
    order: list[str]
    """Cell columns from left to right, for layouts that number them."""
    refused: pl.DataFrame
    """`number`, `reason`, `line`."""


def _recognises(name: str, head: bytes) -> bool:
    """Tables by their name's end; the content is declared, not sniffed."""
    return bool(head) and named_inside(name).endswith(_SUFFIXES)


@importer("table_file", recognises=_recognises)
def table_file(path: Path, ref: str, source: Source) -> Reading:
    """The rows of one table file under our names, all String, with `source_ref`; and the rows that do not fit, with reasons.

    Raises SourceError when the file as a whole can't be trusted: cut off, another encoding, a column missing, a trailer that
    promises another number of rows, or not one row that fits.
    """
    layout = source.layout or Layout()
    table = _READERS[layout.format](unpacked(path, ref), ref, layout)
    seen = table.cells.height + table.refused.height
    if seen and table.cells.is_empty():
        first = table.refused.row(0, named=True)
        raise SourceError(
            f"none of its {count(seen)} rows fits the declared layout: {first['reason']}; nothing was imported",
            f"{ref}:{first['number']}",
            "compare the file with its layout in config/sources.yaml",
        )
    ours = _under_our_names(table, layout, source, ref)
    at = formatted("{}:{}", pl.lit(ref), pl.col("number")).alias("source_ref")
    refused = table.refused.select(at, "reason", row=pl.struct("line").struct.json_encode())
    return Reading(table.cells.select(*(pl.col(cell).alias(name) for name, cell in ours.items()), at), refused, seen)


def _delimited(data: bytes, ref: str, layout: Layout) -> _Table:
    separator = "\t" if layout.format == "tsv" else layout.separator
    lines = numbered_lines(data, layout.encoding, ref)
    names: list[str] = []
    if layout.header and lines.height:
        names = delimited.fields_of(lines["line"][0], separator, layout.quote)
    records = delimited.records(lines, separator, layout.quote, len(names) or None)
    records = without_trailer(records, layout.trailer, ref, separator=separator, above=int(layout.header))
    if layout.header and records.is_empty():
        raise SourceError(
            "has no header line that names its columns", ref, "declare header: false where a file has none (layout)"
        )
    body = records.slice(int(layout.header))
    width = len(names) or _usual_width(body, layout, ref)
    good = body.filter(pl.col("fields") == width)
    told = f"where {'the header has' if layout.header else 'most rows have'} {width}"
    noun = pl.when(pl.col("fields") == 1).then(pl.lit("field")).otherwise(pl.lit("fields"))
    misfit = formatted("{} {} {}", pl.col("fields"), noun, pl.lit(told))
    reason = pl.when(pl.col("fields").is_null()).then(pl.lit(delimited.STRAY)).otherwise(misfit)
    refused = body.filter(pl.col("fields").ne_missing(width)).select("number", reason.alias("reason"), "line")
    cells = delimited.cells(good, separator, layout.quote, width)
    order = cells.columns
    return _Table(good.select("number").hstack(cells), dict(zip(order, names, strict=False)), order, refused)


def _usual_width(body: pl.DataFrame, layout: Layout, ref: str) -> int:
    """Fields of most rows of a file without a header; it must reach to the last declared column."""
    usual = body["fields"].drop_nulls().mode()
    width = int(usual.sort()[-1]) if len(usual) else 0
    asked = max((number for number in layout.columns.values() if isinstance(number, int)), default=0)
    if body.height and width < asked:
        raise SourceError(
            f"its rows have {width} fields, the layout asks for field {asked}",
            ref,
            "mend columns or separator of its layout in config/sources.yaml",
        )
    return max(width, asked, 1)


def _fixed(data: bytes, ref: str, layout: Layout) -> _Table:
    columns = {name: column for name, column in layout.columns.items() if isinstance(column, FixedColumn)}
    if not columns or len(columns) < len(layout.columns):
        raise SourceError(
            "a fixed-width file needs each column's place", ref, "write columns as {sku: {start: 1, width: 13}, ...} (layout)"
        )
    lines = numbered_lines(data, layout.encoding, ref)
    body = without_trailer(lines, layout.trailer, ref, separator=None, above=int(layout.header)).slice(int(layout.header))
    reach = max(column.start + column.width - 1 for column in columns.values())
    length = pl.col("line").str.len_chars()
    reason = formatted("ends after {} characters, its columns reach to {}", length, pl.lit(reach))
    cells = body.filter(length >= reach).select(
        "number", *(pl.col("line").str.slice(column.start - 1, column.width).alias(name) for name, column in columns.items())
    )
    names = {name: name for name in columns}
    return _Table(tidy(cells), names, list(columns), body.filter(length < reach).select("number", reason.alias("reason"), "line"))


def _excel(data: bytes, ref: str, layout: Layout) -> _Table:
    cells = tidy(excel_rows(data, layout.sheet, ref))
    order = cells.columns[1:]
    if layout.trailer is not None and order:
        # The trailer of a sheet: its fields are cells.
        told = cells.select("number", line=pl.concat_str(order, separator="\t", ignore_nulls=True))
        cells = cells.head(without_trailer(told, layout.trailer, ref, separator="\t", above=int(layout.header)).height)
    names: dict[str, str] = {}
    if layout.header:
        if cells.is_empty():
            raise SourceError("its sheet is empty", ref, "name the sheet that holds the rows (layout: sheet)")
        names = {cell: name for cell, name in zip(order, cells.row(0)[1:], strict=True) if name is not None}
        cells = cells.slice(1)
    return _Table(cells, names, order, _none_refused())


def _parquet(data: bytes, ref: str, layout: Layout) -> _Table:
    frame = tidy(parquet_rows(data, layout.list_separator, ref))
    order = [f"c{index}" for index in range(frame.width)]
    names = dict(zip(order, frame.columns, strict=True))
    frame.columns = order
    return _Table(frame.with_row_index("number", offset=1), names, order, _none_refused())


_READERS = {"csv": _delimited, "tsv": _delimited, "fixed": _fixed, "excel": _excel, "parquet": _parquet}


def _none_refused() -> pl.DataFrame:
    return pl.DataFrame(schema={"number": pl.UInt32, "reason": pl.String, "line": pl.String})


def _under_our_names(table: _Table, layout: Layout, source: Source, ref: str) -> dict[str, str]:
    """Our column -> cell column. Raises SourceError naming every column that is missing or named twice, and those there are."""
    cell_of = {name: cell for cell, name in reversed(table.names.items())}
    there = ", ".join(f"'{name}'" for name in table.names.values()) or "none by name"
    times = Counter(table.names.values())
    wrong: list[str] = []
    ours: dict[str, str] = {}
    for name, theirs in layout.columns.items():
        key = name if isinstance(theirs, FixedColumn) else theirs
        if isinstance(key, int):
            if key > len(table.order):
                wrong.append(f"no column {key} for {name}: it has {len(table.order)}")
            else:
                ours[name] = table.order[key - 1]
        elif key not in cell_of:
            near = get_close_matches(key, list(cell_of), 1, 0.6)
            wrong.append(f"no column '{key}' for {name}" + (f" (did you mean '{near[0]}'?)" if near else ""))
        elif times[key] > 1:
            wrong.append(f"column '{key}' is there {times[key]} times")
        else:
            ours[name] = cell_of[key]
    if wrong:
        raise SourceError(
            f"{'; '.join(wrong)}; its columns are: {there}",
            ref,
            f"mend columns in the layout of source '{source.id}' in config/sources.yaml",
        )
    taken = set(ours.values())
    for cell, name in table.names.items():
        if cell not in taken and name and name not in ours and name not in _STAMPED:
            ours[name] = cell
    lacking = [group for group in NEEDED[source.feeds] if not set(group) & set(ours)]
    if lacking:
        words = "; ".join(f"no column {' or '.join(group)}" for group in lacking)
        raise SourceError(
            f"{words}, which {source.feeds} need; its columns are: {there}",
            ref,
            f"say which column it is: source '{source.id}', layout, columns: {{{lacking[0][0]}: ...}}",
        )
    return ours
