"""SQL conditions as people write them: is one right, what is wrong with it, and the expression it stands for.

    where: channel_kind = 'store' AND NOT clearance

A condition looks at one row and says true or false. It is a rule's `where`, a promotion's scope in the calendar, the text of the
check kind `condition`. Polars' own SQL compiles it; a null verdict (a column that is not stated) is false: not concerned.

Refused, each with its fix: queries (they see other rows and could open files), aggregates and windows, the clock (the same input
gives the same findings), columns that are not there, comparisons of text with numbers, casts that some value would break.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from typing import Any

import polars as pl

from pricewatch.engine.world import Type

Problem = tuple[str, str]
"""What is wrong, and the fix."""

STRING = re.compile(r"'[^']*'|\"[^\"]*\"")

QUERY = "has a query inside", "compare columns with values only, for example sku IN ('A1', 'A2')"

LONGEST = 10_000
"""Characters. A longer condition is a table that belongs into the catalogue, and the parser's depth is not endless."""

CLOCK = re.compile(r"\b(now\s*\(|(current_(date|time|timestamp)|localtime(stamp)?)\b)", re.IGNORECASE)


def problem(text: str, columns: Mapping[str, Type], *, name: str = "where") -> Problem | None:
    """What is wrong with a condition on `columns`, and the fix; None when it is right. `name` is the key it is written under.

    Nothing is compiled before it is known to hold no query: compiling one could open a file already.
    """
    found = _in_text(text) or _in_expression(text, columns)
    return None if found is None else (f"'{name}' {found[0]}", found[1])


def compiled(text: str) -> pl.Expr:
    """The condition as a Boolean expression, null verdicts false. For text in which `problem` finds nothing."""
    return pl.sql_expr(text).fill_null(False)


def columns_of(text: str) -> list[str]:
    """The columns a condition names, each once, in its order."""
    return list(dict.fromkeys(pl.sql_expr(text).meta.root_names()))


def _in_text(text: str) -> Problem | None:
    """What can be told from the words alone. Strings are blanked; whatever could hide where a string ends is refused."""
    if len(text) > LONGEST:
        return f"has more than {LONGEST} characters", "give the products a column in the catalogue and name that"
    plain = STRING.sub(" '' ", text)
    if re.search(r"`|\$|--|/\*|\\|#", plain):
        return "has a comment or a foreign kind of quotes", "write comments behind # in YAML, text in '...', columns plainly"
    if re.search(r"\w['\"]", STRING.sub("'", text)):
        return "has a letter right before a quote", "write a space before text in quotes"
    if re.search(r"\b(select|table)\b", plain, re.IGNORECASE):
        return QUERY
    if re.search(r"\bcolumns\s*\(", plain, re.IGNORECASE):
        return "names columns by a pattern", "name each column"
    if CLOCK.search(plain):
        return "looks at the clock, so the same night judged again would be another", "compare with a day: DATE '2026-03-14'"
    return None


def _in_expression(text: str, columns: Mapping[str, Type]) -> Problem | None:
    example = "write for example: channel_kind = 'store' AND kvi"
    try:
        condition = pl.sql_expr(text)
    except pl.exceptions.PolarsError as error:
        return f"is no SQL condition: {_first_line(error)}", example
    if ".subplan" in str(condition):
        return QUERY
    named = list(dict.fromkeys(condition.meta.root_names()))
    unknown = [name for name in named if name not in columns]
    if unknown:
        return f"names '{unknown[0]}', which is no column here", _meant(unknown[0], columns)
    if not named:
        return "names no column, so it says the same of every row", "leave it out, or compare a column with a value"
    if any(_sees_other_rows(part) for part in _parts(condition, columns)):
        return "looks at more than one row", "leave sums, counts and windows out: it judges one row at a time"
    return _type_problem(condition, {name: columns[name] for name in named})


def _meant(word: str, columns: Mapping[str, Type]) -> str:
    listed = f"columns: {', '.join(sorted(columns))}"
    close = get_close_matches(word.lower(), list(columns), n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'? {listed}" if close else listed


def _parts(condition: pl.Expr, types: Mapping[str, Type]) -> Iterator[pl.Expr]:
    """The condition and everything it is made of."""
    waiting = [condition]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += part.meta.pop(schema=types)


def _sees_other_rows(part: pl.Expr) -> bool:
    """Whether one step of a condition is an aggregate or a window. Polars answers for one step alone, not for what is below."""
    if part.meta.is_literal():
        return False
    try:
        if not part.meta.is_row_separable():
            return True
        reads = bool(part.meta.root_names()) or "len()" in str(part)
        return reads and part.meta.is_scalar()
    except pl.exceptions.PolarsError:
        # Polars can't say without a schema for SQL's own IN, + and *: all of them row by row
        return False


def _type_problem(condition: pl.Expr, types: Mapping[str, Type]) -> Problem | None:
    """A condition is true or false, and compares like with like: asked of a frame without rows, then of a few strange ones."""
    try:
        judged = pl.DataFrame(schema=types).select(condition.alias("judged"))
    except pl.exceptions.PolarsError as error:
        return f"can't be judged: {_first_line(error)}", "compare text with 'text' in quotes, numbers with numbers"
    if judged.schema["judged"] != pl.Boolean:
        return "is neither true nor false", "write a comparison, for example price < was_price"
    try:
        _strange(types).select(condition.alias("judged"))
    except pl.exceptions.PolarsError as error:
        return f"fails on some values: {_first_line(error)}", "write TRY_CAST for CAST, and check patterns and formats"
    return None


def _strange(types: Mapping[str, Type]) -> pl.DataFrame:
    """Rows that a cast, a pattern or a time format may not survive: nothing stated, plain values, empty ones."""
    return pl.DataFrame(
        {name: pl.Series(name, [None, _value(dtype, 0), _value(dtype, 1)], dtype) for name, dtype in types.items()}
    )


def _value(dtype: Type, number: int) -> Any:
    """One value of a type: 0 gives the empty one, 1 a plain one."""
    if dtype == pl.String:
        return "no number"[: 9 * number]
    if dtype == pl.Boolean:
        return bool(number)
    if dtype == pl.Date:
        return date(2026, 3, 14)
    if isinstance(dtype, pl.Datetime):
        return datetime(2026, 3, 14, tzinfo=UTC if dtype.time_zone else None)
    if isinstance(dtype, pl.Duration):
        return timedelta(hours=number)
    if isinstance(dtype, pl.List):
        return [_value(dtype.inner, number)] * number
    return -number


def _first_line(error: Exception) -> str:
    """The first line of Polars' complaint, short enough to read; it may quote the whole condition."""
    line = (str(error) or type(error).__name__).splitlines()[0]
    return line if len(line) <= 200 else f"{line[:200]} ..."
