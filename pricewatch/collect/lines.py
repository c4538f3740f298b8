"""Bytes of a file to numbered lines of text. Encodings are declared, not guessed; line ends may be any.

Line numbers are the true ones of the (unpacked) file, counted from 1, so that `till.csv.gz:812` is found with any editor.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import polars as pl

from pricewatch.domain.errors import SourceError

if TYPE_CHECKING:
    from pricewatch.workspace.config import Trailer

_MARK = "\ufeff"


def count(number: int) -> str:
    """A count as people read it: 1204 is `1 204`."""
    return f"{number:,}".replace(",", " ")


def numbered_lines(data: bytes, encoding: str, ref: str) -> pl.DataFrame:
    """One row a line: `number` (UInt32, from 1) and `line` (String). Blank lines are left out, their numbers are not reused."""
    text = _as_utf8(data, encoding, ref)
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = pl.scan_lines(text).select(pl.col("line")).with_row_index("number", offset=1)
    return lines.filter(pl.col("line").str.contains(r"\S")).collect()


def without_trailer(lines: pl.DataFrame, trailer: Trailer | None, ref: str, *, separator: str | None, above: int) -> pl.DataFrame:
    """The lines without the trailer, once it has said the same number of rows as there are.

    In: `lines` as `numbered_lines` gives them, one row a record; `separator` of the trailer's fields, None for blanks;
    `above`: header lines.
    Raises SourceError when the trailer is missing, unreadable or promises another number: then nothing may be imported.
    """
    if trailer is None:
        return lines
    rows = max(lines.height - above, 0)
    last = lines["line"][-1].strip() if lines.height else ""
    if not last.startswith(trailer.starts_with):
        raise SourceError(f"ends after {count(rows)} rows without its trailer '{trailer.starts_with}'; nothing was imported", ref)
    fields = [field.strip().strip('"') for field in last.split(separator)]
    said = fields[trailer.count_at - 1] if trailer.count_at <= len(fields) else ""
    if not (said.isascii() and said.isdigit()):
        raise SourceError(
            f"its trailer '{last}' holds no number of rows in field {trailer.count_at}; nothing was imported",
            f"{ref}:{lines['number'][-1]}",
        )
    rows = max(rows - 1, 0)
    if int(said) != rows:
        raise SourceError(f"ends after {count(rows)} rows, its trailer says {count(int(said))}; nothing was imported", ref)
    return lines.head(-1)


def _as_utf8(data: bytes, encoding: str, ref: str) -> bytes:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise SourceError(
            f"its declared encoding '{encoding}' is unknown", ref, "write for example utf-8 or cp1252 (layout: encoding)"
        ) from None
    if data.startswith(codecs.BOM_UTF8) and not name.startswith("utf"):
        raise SourceError(
            f"begins with the mark of utf-8, but {encoding} is declared",
            ref,
            "declare utf-8 (layout: encoding)",
        )
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = max(before.count(b"\n"), before.count(b"\r")) + 1
        raise SourceError(
            f"is not {encoding}: byte 0x{data[error.start]:02x} has no meaning there; nothing was imported",
            f"{ref}:{line}",
            "declare the encoding it is written in, for example cp1252 (layout: encoding)",
        ) from None
    plain = name in ("utf-8", "ascii") and not text.startswith(_MARK)
    return data if plain else text.removeprefix(_MARK).encode("utf-8")
