"""One page as its spider reads it: each surface, each field with where it came from, and what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pricewatch.report import words

_SURFACES = {
    "html": "what people see",
    "jsonld": "JSON-LD",
    "microdata": "microdata",
    "meta": "meta tags",
    "api": "the API",
    "links": "links",
}


class Read(Protocol):
    """What one surface says."""

    @property
    def surface(self) -> str:
        """Which one."""

    @property
    def fields(self) -> Mapping[str, str]:
        """Columns of a raw row."""

    @property
    def origins(self) -> Mapping[str, str]:
        """By column, where in the page it came from."""

    @property
    def notes(self) -> Sequence[str]:
        """What was left out or mended, and why."""

    @property
    def refused(self) -> str | None:
        """Why it would not land."""


class Page(Protocol):
    """One page, for one store."""

    @property
    def url(self) -> str:
        """Where it came from."""

    @property
    def location(self) -> str | None:
        """The store that was chosen."""

    @property
    def status(self) -> int | None:
        """HTTP."""

    @property
    def problem(self) -> str | None:
        """Why nothing of it would land."""

    @property
    def readings(self) -> Sequence[Read]:
        """What each surface says."""


def pages(looked: Sequence[Page]) -> RenderableType:
    """Every page with its surfaces, and what a crawl would have landed."""
    parts: list[RenderableType] = []
    for page in looked:
        store = f", store {words.plain(page.location)}" if page.location else ""
        status = f"HTTP {page.status}" if page.status else "no answer"
        parts.append(Text(f"{words.plain(page.url)}  ({status}{store})", style="bold"))
        parts += [_surface(reading) for reading in page.readings]
        landing = 0 if page.problem else sum(1 for reading in page.readings if _lands(reading))
        verdict = (
            f"Nothing would land: {words.plain(page.problem)}" if page.problem else f"{words.count(landing, 'row')} would land."
        )
        parts += [Text(verdict, style="bold red" if page.problem else "bold green"), Text()]
    return Group(*parts)


def _lands(reading: Read) -> bool:
    return reading.refused is None and "price_text" in reading.fields


def _surface(reading: Read) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", style="dim")
    for name, value in reading.fields.items():
        origin = reading.origins.get(name)
        table.add_row(name, Text(words.plain(value)), Text(words.plain(f"from {origin}") if origin else ""))
    said: list[RenderableType] = [Text(f"{_SURFACES.get(reading.surface, words.plain(reading.surface)) or 'refused'}")]
    said += [Padding(table, (0, 0, 0, 2))] if reading.fields else []
    said += [Padding(Text(f"note: {words.plain(note)}", style="yellow"), (0, 0, 0, 2)) for note in reading.notes]
    if reading.refused:
        said.append(Padding(Text(f"refused: {words.plain(reading.refused)}", style="bold red"), (0, 0, 0, 2)))
    return Group(*said)
