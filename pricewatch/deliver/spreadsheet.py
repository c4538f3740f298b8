"""CSV that Excel and LibreOffice open as it is meant, and that carries no formula.

Cells come from web pages and other people's files, so a product may be called `=HYPERLINK("http://...")`. A spreadsheet runs
what begins with `=`, `+`, `-`, `@`, a tab or a carriage return, quoted or not (OWASP, CSV injection): such text gets an
apostrophe in front. Control characters go, because a line end inside a cell splits a row in half the world's readers.

Three more things are lost when a spreadsheet guesses, in whatever country it stands; each is written so that no guess fits:

- a GTIN is a number to it: `03017620422003` becomes `3.01762E+12`. `="0301..."` would keep it, and is a formula; an apostrophe
  is shown as a character when a CSV is opened. So it is written `GTIN 03017620422003`; a SKU that would change, `SKU 0012`;
- `12.99` is December 1999 to a German Excel. So amounts carry their currency, as feeds write them: `12.99 EUR`;
- without a byte order mark, Excel reads UTF-8 as cp1252. So there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import polars as pl

_FORMULA = r"^\s*[=+\-@\t\r＝＋－＠]"
_NUMBER = r"^-?\d+([.,]\d+)?$"

_GUESSED = r"^0\d+$|^\d{16,}$|^\d+[eE]\d+$|^\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?$|^\d+[.,]\d+$"
"""Ids that a spreadsheet would read as another number or a day: leading zeros, too many digits, `1E5`, `3-4`."""


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with all its text safe to open: no formula, no control character. Plain negative numbers stay as they are."""
    texts = [pl.col(name) for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(_harmless(text) for text in texts)


def _harmless(text: pl.Expr) -> pl.Expr:
    """One column of it. Looked at before controls go: a leading tab is a formula's beginning too."""
    one_line = text.str.replace_all(r"[\x00-\x1f\x7f\x{2028}\x{2029}]+", " ").str.strip_chars()
    risky = (text.str.contains(_FORMULA) | one_line.str.contains(_FORMULA)) & ~one_line.str.contains(_NUMBER)
    return pl.when(risky).then("'" + one_line).otherwise(one_line).name.keep()


def identifier(column: str, word: str, *, always: bool = False) -> pl.Expr:
    """An id as text that no spreadsheet takes for a number: `word` in front, where it would be changed, or always."""
    text = pl.col(column)
    changed = text.is_not_null() if always else text.str.contains(_GUESSED)
    return pl.when(changed).then(pl.lit(f"{word} ") + text).otherwise(text).alias(column)


def csv(frame: pl.DataFrame, *, separator: str = ";") -> bytes:
    """UTF-8 with a byte order mark, CRLF line ends, a header; text made harmless."""
    text = harmless(frame).write_csv(separator=separator, line_terminator="\r\n", include_bom=True)
    return text.encode()


def csvs(frames: Sequence[pl.DataFrame]) -> list[bytes]:
    """Each of several frames with the same columns as `csv`, written together: 500 small files cost what one costs.

    Harmless text has no line end in it, so a row is a line and each file is its lines of the whole.
    """
    if not frames:
        return []
    header, *lines = csv(pl.concat(frames)).splitlines(keepends=True)
    starts = accumulate((frame.height for frame in frames), initial=0)
    return [b"".join([header, *lines[start : start + frame.height]]) for start, frame in zip(starts, frames, strict=False)]
