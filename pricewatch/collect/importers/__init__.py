"""The importers: one file a format, cases beside the tests. `@importer`, `recognises`, rows in = rows out + refused.

An importer reads one file of one source and gives text rows with their provenance. It does not convert money, dates or
identifiers: what they mean depends on what the source declares, and `engine/normalise.py` does it.

A file that can't be trusted as a whole (cut off, not the declared layout) raises `SourceError`: nothing of it is imported.
A single row that does not fit is refused with a reason, and never stops the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from pkgutil import iter_modules

import polars as pl

from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source


@dataclass(frozen=True)
class Reading:
    """What one file gave."""

    rows: pl.DataFrame
    """All String: the file's columns under our names where the layout maps them, and `source_ref` (`file:line`)."""
    refused: pl.DataFrame
    """All String: `source_ref`, `reason`, `row` (the row as it came, as JSON)."""
    seen: int
    """Rows of the file, without header, trailer and blank lines: always rows + refused."""


Read = Callable[[Path, str, Source], Reading]
"""(file, how `source_ref` calls it, the source with its layout) -> Reading. Raises SourceError."""

Recognises = Callable[[str, bytes], bool]
"""(file name, its first kilobytes) -> is this file mine?"""


@dataclass(frozen=True)
class Importer:
    """One importer, as the registry knows it."""

    name: str
    read: Read
    recognises: Recognises


def importer(name: str, *, recognises: Recognises) -> Callable[[Read], Read]:
    """Register a function as the importer of this name, the name that config/sources.yaml uses."""

    def register(read: Read) -> Read:
        read.__dict__["importer"] = Importer(name, read, recognises)
        return read

    return register


@cache
def registry() -> dict[str, Importer]:
    """Every importer by name: ours, then other people's (entry points in the group `pricewatch.importers`)."""
    found = [known for module in iter_modules(__path__) for known in _in_module(module.name)]
    found += _registered([point.load() for point in entry_points(group="pricewatch.importers")])
    return {known.name: known for known in sorted(found, key=lambda known: known.name)}


def named(name: str) -> Importer | None:
    """The importer of a name. Ours are modules of their name: a night of tables loads no library that only EDIFACT needs."""
    ours = any(module.name == name for module in iter_modules(__path__))
    return next((known for known in _in_module(name) if known.name == name), None) if ours else registry().get(name)


def _in_module(name: str) -> list[Importer]:
    return _registered(vars(import_module(f"{__name__}.{name}")).values())


def _registered(values: Iterable[object]) -> list[Importer]:
    return [value.__dict__["importer"] for value in values if "importer" in getattr(value, "__dict__", {})]


def read_file(path: Path, ref: str, source: Source) -> Reading:
    """One file of a source, read by its importer. No row is lost on the way: that is asserted for every file."""
    known = named(source.importer or "")
    if known is None:
        raise SourceError(
            f"there is no importer '{source.importer}'",
            f"source '{source.id}'",
            f"use one of: {', '.join(registry())} (config/sources.yaml, key importer)",
        )
    reading = known.read(path, ref, source)
    if reading.seen != reading.rows.height + reading.refused.height:
        raise AssertionError(
            f"{ref}: {reading.seen} rows in, {reading.rows.height} out and {reading.refused.height} refused by {known.name}"
        )
    return reading
