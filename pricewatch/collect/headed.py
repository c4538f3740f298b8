"""Rows of a separated file with a header line, by the names that its format has for its columns.

For formats whose columns are known and whose rows need thought (feeds, marketplaces' exports). Plain tables go through
`importers/table_file.py`.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches

import polars as pl

from pricewatch.collect import delimited
from pricewatch.collect.gathered import Gathered
from pricewatch.collect.lines import count, numbered_lines, without_trailer
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Layout, Source

Row = dict[str, str | None]
"""A row's cells by the format's column names; empty cells are null."""


def rows(
    data: bytes,
    ref: str,
    source: Source,
    gathered: Gathered,
    *,
    separator: str,
    needed: Sequence[tuple[str, ...]],
    spelled: Callable[[str], str] = str.lower,
    repeated: str | None = None,
    quote: str | None = '"',
) -> Iterator[tuple[str, Row]]:
    """(`file:line`, row) of every row that has as many fields as the header; the others are refused in `gathered`.

    `needed`: groups of columns, one of each must be there. `spelled` makes a header's word the format's name; the layout's
    `columns` say theirs where it differs (`seller-sku: Artikelnummer`). Its separator, quote, encoding and trailer count, too.
    `repeated` joins the cells of columns of one name; None: several of a name are a mistake.
    Raises SourceError: another encoding, a column missing or there twice, a broken trailer, or not one row that fits.
    """
    layout = source.layout or Layout()
    given = layout.model_fields_set
    separator = "\t" if layout.format == "tsv" else layout.separator if "separator" in given else separator
    quote = layout.quote if "quote" in given else quote
    lines = numbered_lines(data, layout.encoding, ref)
    if lines.is_empty():
        raise SourceError("has no header line that names its columns", ref)
    try:
        header = delimited.fields_of(lines["line"][0], separator, quote)
    except csv.Error:
        raise SourceError("begins with a line that names no columns", f"{ref}:{lines['number'][0]}") from None
    names = _names(header, layout, spelled)
    _complete(names, header, needed, repeated, source, ref)
    records = delimited.records(lines, separator, quote, len(names))
    body = without_trailer(records, layout.trailer, ref, separator=separator, above=1).slice(1)
    for number, line, fields in body.filter(pl.col("fields").ne_missing(len(names))).select("number", "line", "fields").rows():
        told = f"{fields} {'field' if fields == 1 else 'fields'} where the header has {len(names)}"
        gathered.refuse(f"{ref}:{number}", delimited.STRAY if fields is None else told, {"line": line})
    good = body.filter(pl.col("fields").eq_missing(len(names)))
    if body.height and good.is_empty():
        what = f"none of its {count(body.height)} rows has as many fields as its header ({len(names)}); nothing was imported"
        raise SourceError(what, f"{ref}:{body['number'][0]}", f"compare it with the layout of source '{source.id}'")
    cells = delimited.cells(good, separator, quote, len(names))
    for number, said in zip(good["number"], cells.iter_rows(), strict=True):
        row = dict(zip(names, said, strict=True))
        if repeated is not None and len(row) < len(names):
            row = _joined(names, said, repeated)
        yield f"{ref}:{number}", row


def _names(header: list[str], layout: Layout, spelled: Callable[[str], str]) -> list[str]:
    """The format's names of the columns, from left to right."""
    names = [spelled(name) for name in header]
    for name, theirs in layout.columns.items():
        if isinstance(theirs, str) and theirs in header:
            names[header.index(theirs)] = name
        elif isinstance(theirs, int) and theirs <= len(names):
            names[theirs - 1] = name
    return names


def _complete(
    names: list[str], header: list[str], needed: Sequence[tuple[str, ...]], repeated: str | None, source: Source, ref: str
) -> None:
    there = ", ".join(f"'{name}'" for name in header if name) or "none by name"
    wrong = []
    for group in needed:
        if not set(group) & set(names):
            near = get_close_matches(group[0], names, 1, 0.6) if names[1:] else []
            wrong.append(f"no column {' or '.join(group)}" + (f" (is it '{header[names.index(near[0])]}'?)" if near else ""))
    twice = [name for name, times in Counter(names).items() if name and times > 1]
    if repeated is None or any(name in group for name in twice for group in needed):
        wrong += [f"column '{name}' is there {Counter(names)[name]} times" for name in twice]
    if wrong:
        lacking = next((group[0] for group in needed if not set(group) & set(names)), needed[0][0])
        fix = f"say which column it is: source '{source.id}', layout, columns: {{{lacking}: ...}}"
        if not names[1:]:
            fix = f"its columns are separated by another sign: source '{source.id}', layout, separator: ..."
        raise SourceError(f"{'; '.join(wrong)}; its columns are: {there}", ref, fix)


def _joined(names: list[str], said: tuple[str | None, ...], separator: str) -> Row:
    row: Row = {}
    for name, cell in zip(names, said, strict=True):
        earlier = row.get(name)
        row[name] = f"{earlier}{separator}{cell}" if earlier is not None and cell is not None else earlier or cell
    return row
