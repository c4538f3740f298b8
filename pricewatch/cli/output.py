"""How a verb hands over what it found: a table for eyes, JSON or CSV for programs. Data on stdout, talk on stderr.

`--format json` is a promise: keys are the columns of `domain.tables`, amounts are decimal text in the row's `currency`, days are
ISO, instants are ISO in UTC, one record a line inside one list. CSV says the same, with commas, and carries no formula.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console, RenderableType

WIDTH = 100
"""Columns where nobody says: a pipe, a log, a mail."""

NARROWEST = 60
"""Columns below which reports are not made narrower; the terminal wraps them."""


class Format(StrEnum):
    """How a list is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="table for eyes; json and csv for programs.")]


def width() -> int:
    """Columns of the screen: COLUMNS, else the terminal's (stdout's, else stderr's: a pager is read on it), else `WIDTH`."""
    named = os.environ.get("COLUMNS", "")
    if named.isdigit() and int(named) > 0:
        return max(int(named), NARROWEST)
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            return max(os.get_terminal_size(stream.fileno()).columns, NARROWEST) if stream else WIDTH
        except (OSError, ValueError):
            continue
    return WIDTH


def console(*, stderr: bool = False) -> Console:
    """Where eyes read: no colour in a pipe or with NO_COLOR, no guessing at what data means."""
    from rich.console import Console

    return Console(file=sys.stderr if stderr else sys.stdout, width=width(), highlight=False, markup=False, emoji=False)


def show(renderable: RenderableType) -> None:
    """Print a report; in a pipe or a file without the blanks that fill a screen's lines."""
    target = console()
    if target.is_terminal:
        target.print(renderable)
        return
    with target.capture() as captured:
        target.print(renderable)
    target.file.write("\n".join(line.rstrip() for line in captured.get().split("\n")))


def emit(frame: pl.DataFrame, how: Format, *, table: Callable[[int], RenderableType]) -> None:
    """Print a frame as asked: `table(width)` for eyes, or the whole frame as JSON or CSV, UTF-8 whatever the terminal speaks."""
    if how is Format.TABLE:
        show(table(width()))
    else:
        typer.echo(written(frame, how), nl=False)


def written(frame: pl.DataFrame, how: Format) -> bytes:
    """A frame as JSON (a list, one record a line) or CSV (harmless to open in a spreadsheet)."""
    import polars as pl
    from polars import selectors

    from pricewatch.deliver.export import decimals
    from pricewatch.deliver.spreadsheet import harmless

    told = decimals(frame).with_columns(selectors.datetime().dt.strftime("%Y-%m-%dT%H:%M:%SZ"), selectors.date().cast(pl.String))
    if how is Format.CSV:
        return harmless(told).write_csv().encode()
    records = told.write_ndjson().strip().replace("\n", ",\n") if told.height else ""
    return f"[\n{records}\n]\n".encode() if records else b"[]\n"
