"""Whoever wants to know how long a night's parts take. The engine has no clock: it says what begins, and how many rows it was.

    with watch("rule", "web-price") as rows:
        found = ...
        rows(looked_at, found.height)

Whoever measures stands outside (`runs.stopwatch`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Rows = Callable[[int, int], None]
"""Is told how many rows went in and how many came out."""


class Watch(Protocol):
    """Is told of every part of a night while it lasts."""

    def __call__(self, part: str, name: str, /) -> AbstractContextManager[Rows]:
        """`part`: stage or rule; `name`: which one. A rule is told once a bucket and pass: its times add up."""


@contextmanager
def unwatched(_part: str, _name: str, /) -> Iterator[Rows]:
    """Nobody wants to know."""
    yield lambda _rows_in, _rows_out: None
