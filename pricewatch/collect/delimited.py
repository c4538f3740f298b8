"""Lines of a separated file to fields. What does not fit is told apart before the parser sees it, with its line and reason.

A quote opens a field only at the field's start (RFC 4180). A quoted field may run over several lines; when a quote never
closes, or closes into a record with another number of fields, or around whole records, then its line alone is refused and the
lines after it are rows again: a stray quote never swallows other rows.
"""

from __future__ import annotations

import csv
import io
import re

import polars as pl

from pricewatch.collect.cells import tidy

STRAY = "a quote inside a field, or one that is never closed; where quotes mean nothing, declare quote: null"

_AT_ONCE = 500_000
"""Records that are parsed at once: their text is in memory a second time for as long."""


def fields_of(line: str, separator: str, quote: str | None) -> list[str]:
    """One record as its fields, blanks around them removed. For headers; rows go through `cells`."""
    if quote is None:
        return [field.strip() for field in line.split(separator)]
    return [field.strip() for field in next(csv.reader([line], delimiter=separator, quotechar=quote))]


def records(lines: pl.DataFrame, separator: str, quote: str | None, width: int | None = None) -> pl.DataFrame:
    """Lines as records with their number of fields.

    In: `number`, `line`. Out: the same, records that run over several lines joined by newlines under their first number, and
    `fields` (UInt32; null: quotes that can't be read). `width` is the number of fields a joined record must have; None = any.
    """
    if quote is None or not lines["line"].str.contains(quote, literal=True).any():
        return lines.with_columns(fields=pl.col("line").str.count_matches(separator, literal=True) + 1)
    joined = _joined(lines, separator, quote, width)
    s, q = re.escape(separator), re.escape(quote)
    field = f"(?:{q}(?:[^{q}]|{q}{q})*{q}|[^{q}{s}]*)"
    quoted = pl.col("line").str.contains(quote, literal=True)
    bare = pl.when(quoted).then(pl.col("line").str.replace_all(f"{q}(?:[^{q}]|{q}{q})*{q}", "")).otherwise(pl.col("line"))
    well_formed = ~quoted | pl.col("line").str.contains(f"^{field}(?:{s}{field})*$")
    return joined.with_columns(fields=pl.when(well_formed).then(bare.str.count_matches(separator, literal=True) + 1))


def cells(good: pl.DataFrame, separator: str, quote: str | None, width: int) -> pl.DataFrame:
    """The fields of well-formed records: `c0`, `c1` ... (String), in the same order; blanks removed, empty is null."""
    names = [f"c{index}" for index in range(width)]
    if good.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    return pl.concat(_parsed(piece, separator, quote, names) for piece in good.iter_slices(_AT_ONCE))


def _parsed(good: pl.DataFrame, separator: str, quote: str | None, names: list[str]) -> pl.DataFrame:
    frame = pl.read_csv(
        good["line"].str.join("\n").cast(pl.Binary).item(),
        has_header=False,
        new_columns=names,
        separator=separator,
        quote_char=quote,
        infer_schema=False,
        encoding="utf8",
    )
    if frame.shape != (good.height, len(names)):
        raise AssertionError(f"{good.height} records of {len(names)} fields were read as {frame.shape}")
    return tidy(frame)


def _joined(lines: pl.DataFrame, separator: str, quote: str, width: int | None) -> pl.DataFrame:
    """Records that run over several lines, joined. Only lines with an odd number of quotes are looked at one by one."""
    odd = lines["line"].str.count_matches(quote, literal=True) % 2 == 1
    if not odd.any():
        return lines
    s, q = re.escape(separator), re.escape(quote)
    field = f"(?:{q}(?:[^{q}]|{q}{q})*{q}|[^{q}{s}]*)"
    opens = re.compile(f"(?:{field}{s})*{q}(?:[^{q}]|{q}{q})*")
    suspects = odd.arg_true().to_list()
    first_of: dict[int, int] = {}
    at = 0
    while at + 1 < len(suspects):
        first, last = suspects[at], suspects[at + 1]
        parts = lines["line"][first : last + 1].to_list()
        # A line inside that is a whole record by itself tells two stray quotes from a text over several lines.
        whole = width is not None and width > 1 and any(part.count(separator) + 1 == width for part in parts[1:-1])
        if not whole and opens.fullmatch(parts[0]) and _is_record("\n".join(parts), separator, quote, width):
            first_of |= dict.fromkeys(range(first + 1, last + 1), first)
            at += 2
        else:
            at += 1
    if not first_of:
        return lines
    position = pl.int_range(pl.len(), dtype=pl.UInt32)
    home = position.replace(list(first_of), list(first_of.values()))
    return (
        lines.with_columns(home=home)
        .group_by("home", maintain_order=True)
        .agg(pl.col("number").first(), pl.col("line").str.join("\n"))
        .drop("home")
    )


def _is_record(text: str, separator: str, quote: str, width: int | None) -> bool:
    """Whether several lines are one record of `width` fields, and nothing more."""
    try:
        found = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, quotechar=quote, strict=True))
    except csv.Error:
        return False
    return len(found) == 1 and (width is None or len(found[0]) == width)
