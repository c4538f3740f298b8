"""Answers of a JSON API kept in files (`.json`, `.jsonl`, either with `.gz`), read by the paths that `app_api` reads with.

What is declared is in the source's `options`: a `profile` (amazon_pricing, amazon_offers, amazon_summary, or any of an API), and
the same keys over it (`docs/apis.md`); `lines: true` where every line is an answer. `source_ref` is `file#/payload/0/...`, the
place as a JSON pointer, after the line where there are several answers: `file:12#/...`.

A file that is no JSON, tells of errors, or holds no list where one is declared, is refused whole; an item without an id or a
price is refused by itself. Of `days`, the day counts on which the file was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from pricewatch.collect.api.options import COLUMNS, JsonFile, declared
from pricewatch.collect.api.records import NotAsDeclared, NotJson, Offer, offers, parsed
from pricewatch.collect.importers import Reading, importer
from pricewatch.collect.unpack import named_inside, unpacked
from pricewatch.domain.errors import Problems, SourceError, UserError
from pricewatch.workspace.config import Source

_LARGEST = 64 * 2**20
"""Bytes of one answer: in memory it is a dozen times as large."""

_SUFFIXES = (".json", ".jsonl", ".ndjson")

_FIX = "compare the file with options of source '{}' in config/sources.yaml"


def _recognises(name: str, head: bytes) -> bool:
    """By the name's end."""
    return bool(head) and named_inside(name).endswith(_SUFFIXES)


@importer("json_file", recognises=_recognises)
def json_file(path: Path, ref: str, source: Source) -> Reading:
    """The offers of one file, all String, with `source_ref`; and the items that are none, with reasons.

    Raises SourceError when the options are wrong, or when the file as a whole can't be trusted.
    """
    try:
        shape = declared(source.options, JsonFile)
    except UserError as error:
        told = " | ".join(f"{one.what} ({one.fix})" for one in (error.problems if isinstance(error, Problems) else [error]))
        raise SourceError(told, f"source '{source.id}', options", "mend options in config/sources.yaml") from None
    data = unpacked(path, ref)
    today = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone(ZoneInfo(shape.zone)).date()
    rows: list[dict[str, str | None]] = []
    refused: list[dict[str, str | None]] = []
    for at, answer in _answers(data, ref, lines=shape.lines):
        if len(answer) > _LARGEST:
            raise SourceError(
                f"holds an answer of {len(answer) >> 20} MiB, more than {_LARGEST >> 20}; nothing was imported",
                at,
                "write an answer a line (options: lines)",
            )
        try:
            _read(answer, at, shape, source.decimal, today, rows, refused)
        except NotJson as error:
            if not shape.lines:
                raise SourceError(f"{error}, or it is cut off; nothing was imported", at, _FIX.format(source.id)) from None
            refused.append({"source_ref": at, "reason": str(error), "row": None})
        except NotAsDeclared as error:
            if not shape.lines:
                raise SourceError(f"{error}; nothing was imported", at, _FIX.format(source.id)) from None
            refused.append({"source_ref": at, "reason": str(error), "row": None})
    if refused and not rows:
        first = refused[0]
        raise SourceError(
            f"not one offer in it: {first['reason']}; nothing was imported", str(first["source_ref"]), _FIX.format(source.id)
        )
    columns = [name for name in COLUMNS if name in shape.fields]
    frame = pl.DataFrame(rows, schema=dict.fromkeys((*columns, "source_ref"), pl.String))
    gone = pl.DataFrame(refused, schema=dict.fromkeys(("source_ref", "reason", "row"), pl.String))
    return Reading(frame, gone, len(rows) + len(refused))


def _answers(data: bytes, ref: str, *, lines: bool) -> Iterator[tuple[str, bytes]]:
    """Each answer with how `source_ref` calls it; blank lines are none."""
    if not lines:
        yield ref, data
        return
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if line.strip():
            yield f"{ref}:{number}", line


def _read(
    answer: bytes,
    at: str,
    shape: JsonFile,
    decimal: str,
    today: date,
    rows: list[dict[str, str | None]],
    refused: list[dict[str, str | None]],
) -> None:
    """Add the offers of one answer; all or, where it raises, none of them."""
    found = list(offers(parsed(answer), shape, asked={}, today=today, decimal=decimal))
    for one in found:
        place = f"{at}#{one.place}"
        if isinstance(one, Offer):
            rows.append(one.fields | {"source_ref": place})
        else:
            refused.append({"source_ref": place, "reason": one.reason, "row": one.item})
