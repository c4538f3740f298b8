"""How long a night took, stage by stage and rule by rule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

import polars as pl

from pricewatch.engine.watch import Rows


@dataclass
class Spent:
    """What one stage or rule took."""

    seconds: float = 0.0
    rows_in: int = 0
    """Rows it looked at, over all buckets; of a rule, situations and single offers."""
    rows_out: int = 0
    """Rows it gave; of a rule, what it suspects."""


@dataclass
class Stopwatch:
    """An `engine.watch.Watch` that keeps time. Time of a stage includes that of the rules run in it."""

    spent: dict[tuple[str, str], Spent] = field(default_factory=dict)

    @contextmanager
    def __call__(self, part: str, name: str, /) -> Iterator[Rows]:
        """Adds what the block takes to what `part` and `name` took before."""
        spent = self.spent.setdefault((part, name), Spent())
        begun = perf_counter()

        def rows(rows_in: int, rows_out: int) -> None:
            spent.rows_in += rows_in
            spent.rows_out += rows_out

        try:
            yield rows
        finally:
            spent.seconds += perf_counter() - begun

    def table(self) -> pl.DataFrame:
        """`part` (stage or rule), `name`, `seconds` (Float64), `rows_in`, `rows_out` (Int64), in the order they began."""
        rows = [(part, name, *vars(spent).values()) for (part, name), spent in self.spent.items()]
        schema = {"part": pl.String, "name": pl.String, "seconds": pl.Float64, "rows_in": pl.Int64, "rows_out": pl.Int64}
        return pl.DataFrame(rows, schema=schema, orient="row")
