"""What the doctor answers and what a collection brought, as short lists for eyes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pricewatch.report import words

_MARKS = {True: ("ok", "green"), False: ("MEND", "bold red"), None: ("note", "yellow")}
_STATUS = {"complete": "green", "degraded": "yellow", "missing": "bold red", "failed": "bold red"}


class Answer(Protocol):
    """One question about a workspace: `ok` is None where it is neither good nor bad. Properties, because records are frozen."""

    @property
    def what(self) -> str:
        """What was asked."""

    @property
    def ok(self) -> bool | None:
        """Whether it is right."""

    @property
    def detail(self) -> str:
        """What was found."""

    @property
    def fix(self) -> str:
        """How to mend it; empty when nothing is to mend."""


class Delivered(Protocol):
    """What one source brought."""

    @property
    def source(self) -> str:
        """Its id."""

    @property
    def status(self) -> str:
        """complete, degraded, missing or failed."""

    @property
    def problem(self) -> str | None:
        """Why it is not complete."""

    @property
    def fix(self) -> str | None:
        """How to mend it."""

    @property
    def rows(self) -> int:
        """Rows landed."""

    @property
    def refused(self) -> int:
        """Rows that could not be read."""

    @property
    def expected_rows(self) -> int | None:
        """As declared."""


def answers(found: Sequence[Answer]) -> RenderableType:
    """Every answer with its mark; a fix below what must be mended."""
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for answer in found:
        mark, style = _MARKS[answer.ok]
        table.add_row(Text(mark, style=style), Text(words.plain(answer.what)), Text(words.plain(answer.detail)))
        if answer.fix and answer.ok is not True:
            table.add_row("", "", Text(f"fix: {words.plain(answer.fix)}"))
    wrong = sum(answer.ok is False for answer in found)
    verdict = f"{words.count(wrong, 'thing')} to mend before tonight." if wrong else "This workspace can work tonight."
    return Group(table, Text(), Text(verdict, style="bold red" if wrong else "bold green"))


def deliveries(delivered: Sequence[Delivered]) -> RenderableType:
    """One line a source, failed ones with the reason and the fix below."""
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for justify in ("left", "left", "right", "left"):
        table.add_column(justify=justify, overflow="fold")
    for each in delivered:
        expected = f"of {each.expected_rows:,} expected" if each.expected_rows else ""
        refused = f"{each.refused:,} refused" if each.refused else ""
        said = words.plain(each.problem) or ", ".join(filter(None, (expected, refused)))
        status = Text(each.status, style=_STATUS.get(each.status, ""))
        table.add_row(Text(words.plain(each.source)), status, Text(words.count(each.rows, "row")), Text(said))
        if each.fix and each.status != "complete":
            table.add_row("", "", "", Text(f"fix: {words.plain(each.fix)}"))
    return table
