"""Sentences of columns: `formatted("{} of {}", "shown", "members")` is `3 of 4`; null where one of its parts is.

Used instead of `pl.format`, whose inputs must be cut into chunks alike (Polars 2.1): behind a join or a union they often are
not, and then it stops the whole query with `assertion failed: i < self.len()`, or does not, as the threads happen to run.
"""

from __future__ import annotations

from string import Formatter

import polars as pl


def formatted(template: str, *parts: pl.Expr | str | int) -> pl.Expr:
    """String: the template with its `{}` filled in order by columns (named by a string), expressions or whole numbers.

    Null where a part is null. A template with more or fewer `{}` than parts is a developer's mistake: `ValueError`.
    """
    pieces: list[pl.Expr] = []
    waiting = list(parts)
    for words, name, _, _ in Formatter().parse(template):
        if words:
            pieces.append(pl.lit(words))
        if name is not None:
            if name or not waiting:
                raise ValueError(f"'{template}' has other parts than the {len(parts)} given")
            part = waiting.pop(0)
            pieces.append(pl.col(part) if isinstance(part, str) else part if isinstance(part, pl.Expr) else pl.lit(str(part)))
    if waiting:
        raise ValueError(f"'{template}' has other parts than the {len(parts)} given")
    return pl.concat_str(pieces) if pieces else pl.lit("")
