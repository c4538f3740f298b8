"""What is going on, for somebody who watches: a line that moves and a bar a source, on stderr; nothing in a pipe or a log."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pricewatch.cli.output import console

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Watcher:
    """Shows a night's steps and its sources' rows (`runs.night.Observer`); quiet without a screen."""

    def __init__(self, screen: Progress | None) -> None:
        self._screen = screen
        self._step: TaskID | None = None if screen is None else screen.add_task("starting", total=None, rows="")
        self._sources: dict[str, TaskID] = {}

    def say(self, words: str) -> None:
        """A line that stays."""
        if self._screen is not None:
            self._screen.console.print(words)
            self.step(words)

    def step(self, words: str) -> None:
        """What is being done now; the sources of the step before are done."""
        if self._screen is not None and self._step is not None:
            for task in self._sources.values():
                self._screen.remove_task(task)
            self._sources.clear()
            self._screen.update(self._step, description=words)

    def rows(self, source: str, rows: int, expected: int | None) -> None:
        """How many rows a source has brought, of those a normal night has. Called from several threads."""
        if self._screen is not None:
            task = self._sources.get(source)
            if task is None:
                task = self._sources[source] = self._screen.add_task(f"  {source}", total=expected, rows="")
            total = None if expected is None else max(expected, rows)
            self._screen.update(task, completed=rows, total=total, rows=f"{rows:,} rows")


@contextmanager
def watched() -> Iterator[Watcher]:
    """A watcher for as long as the block runs; its lines that move are gone afterwards."""
    if not sys.stderr.isatty():
        yield Watcher(None)
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, Task, TextColumn
    from rich.text import Text

    class Bar(BarColumn):
        """A bar where it is known how much there will be; nothing where it is not."""

        def render(self, task: Task) -> Any:
            return super().render(task) if task.total else Text("")

    words = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), words, Bar(24), TextColumn("{task.fields[rows]}", markup=False))
    with Progress(*columns, console=console(stderr=True), transient=True) as screen:
        yield Watcher(screen)
