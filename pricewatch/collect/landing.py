"""Where raw rows land: one Parquet file a source and night, complete or not there at all.

```
landing/2026-03-13/webshop.parquet           the rows, all text
landing/2026-03-13/webshop.refused.parquet   what the reader could not read, with the reason (`tables.Quarantine`)
landing/2026-03-13/webshop.json              the Delivery: written last, so a night without it was not collected
landing/2026-03-13/webshop.log               what a crawl said while it went
```
Everything is written aside, flushed to the disk and renamed. A kill at any moment leaves the former delivery or none.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import polars as pl

from pricewatch.domain import tables
from pricewatch.domain.errors import SourceError

Status = Literal["complete", "degraded", "failed", "missing"]

PROVENANCE = ("source", "source_ref", "collected_at")
"""Columns of every landed frame, whatever it feeds."""

REFUSED = tables.schema("quarantine")

_SPILL = 500_000
"""Rows kept in memory before they go to the disk: bounds the memory of a night with many files."""


@dataclass(frozen=True)
class Delivery:
    """What one source delivered for one night."""

    source: str
    night: date
    feeds: str
    channel: str | None
    status: Status
    problem: str | None
    """Why it is not complete, in words."""
    fix: str | None
    rows: int
    """Rows landed."""
    refused: int
    """Ragged lines, or pages that could not be read."""
    expected_rows: int | None
    """As declared."""
    files: int
    """Files read, or pages fetched."""
    started_at: datetime
    """Aware, UTC."""
    seconds: float


def raw_columns(feeds: str) -> tuple[str, ...] | None:
    """The exact columns that rows of this feed land with; None where the file's own columns are kept."""
    raw = tuple(tables.schema("raw"))
    return {"offers": raw, "history": (*raw, "since", "until")}.get(feeds)


class Landing:
    """The landing place of one source and night, open for writing. Nothing is visible before `close`.

    Used as a context: whatever happens inside, nothing half-written stays behind.
    """

    def __init__(self, landing: Path, night: date, source: str, feeds: str) -> None:
        self.folder = landing / night.isoformat()
        self.source, self.feeds = source, feeds
        self.staging = self.folder / f"{source}.part"
        self.rows = self.refused = 0
        self._kept: list[pl.DataFrame] = []
        self._refusals: list[pl.DataFrame] = []
        self._held = self._pieces = 0

    def __enter__(self) -> Self:
        """An empty staging folder; what an earlier kill left in it is removed."""
        shutil.rmtree(self.staging, ignore_errors=True)
        self.staging.mkdir(parents=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        """The staging folder is gone, with everything that was not closed."""
        shutil.rmtree(self.staging, ignore_errors=True)

    def add(self, rows: pl.DataFrame, *, collected_at: str | None = None) -> None:
        """Keep raw rows. In: text columns with `source_ref`, and with `collected_at` where it is not given here.

        For offers and history, missing columns of `Raw` become null and foreign ones are dropped.
        """
        known = raw_columns(self.feeds)
        read_at = pl.col("collected_at") if collected_at is None else pl.lit(collected_at).alias("collected_at")
        stamped = rows.with_columns(read_at, source=pl.lit(self.source))
        if known is None:
            shaped = stamped.select(*PROVENANCE, pl.exclude(PROVENANCE)).cast(pl.String)
        else:
            shaped = stamped.select(
                pl.col(name).cast(pl.String) if name in stamped.columns else pl.lit(None, pl.String).alias(name) for name in known
            )
        self._kept.append(shaped)
        self.rows += shaped.height
        self._held += shaped.height
        if self._held >= _SPILL:
            self._spill()

    def refuse(self, refused: pl.DataFrame) -> None:
        """Keep what could not be read. In: `source_ref`, `reason`, `row` (JSON, may be null)."""
        shaped = refused.with_columns(source=pl.lit(self.source), feeds=pl.lit(self.feeds)).select(
            pl.col(name).cast(pl.String) for name in REFUSED
        )
        self._refusals.append(shaped)
        self.refused += shaped.height

    def close(self, delivery: Delivery) -> Delivery:
        """Make the delivery visible: rows, refusals, then the record. A failed one leaves no rows, only its record."""
        landed = self._target("parquet")
        refused = self._target("refused.parquet")
        record = self._target("json")
        ready = {}
        if delivery.status in ("complete", "degraded"):
            self._spill()
            ready[landed] = self._all_rows()
        if self.refused:
            ready[refused] = self._written(pl.concat(self._refusals).lazy(), "refused.out")
        # From here to the last rename the night has no record: a kill in between means "not collected", never "half".
        record.unlink(missing_ok=True)
        for target in (landed, refused):
            if target in ready:
                ready[target].replace(target)
            else:
                target.unlink(missing_ok=True)
        _write_json(record, delivery)
        return delivery

    def _target(self, suffix: str) -> Path:
        return self.folder / f"{self.source}.{suffix}"

    def _spill(self) -> None:
        if self._kept:
            self._pieces += 1
            piece = pl.concat(self._kept, how="diagonal")
            piece.write_parquet(self.staging / f"kept-{self._pieces:05d}.parquet", compression="zstd")
            self._kept, self._held = [], 0

    def _all_rows(self) -> Path:
        """The rows in the order they were added; files of one source may have different further columns."""
        pieces = sorted(self.staging.glob("kept-*.parquet"))
        if len(pieces) == 1:
            _flush(pieces[0])
            return pieces[0]
        scans = [pl.scan_parquet(path) for path in pieces]
        return self._written(pl.concat(scans, how="diagonal") if scans else empty(self.feeds).lazy(), "rows.out")

    def _written(self, rows: pl.LazyFrame, name: str) -> Path:
        path = self.staging / name
        rows.sink_parquet(path, compression="zstd", maintain_order=True)
        _flush(path)
        return path


def empty(feeds: str) -> pl.DataFrame:
    """No rows, with the columns that rows of this feed land with."""
    return pl.DataFrame(schema=dict.fromkeys(raw_columns(feeds) or PROVENANCE, pl.String))


def read_landing(landing: Path, night: date, source: str) -> pl.LazyFrame:
    """The rows of one delivery, lazily, all String: `tables.Raw` for offers and history (plus `since`, `until`), else the
    file's columns after `source`, `source_ref`, `collected_at`. Empty when the delivery failed or is missing. Columns that `Raw`
    did not have yet when the night landed are null.

    Raises SourceError when that night was not collected.
    """
    delivery = _record(landing, night, source)
    path = landing / night.isoformat() / f"{source}.parquet"
    if not path.exists():
        return empty(delivery.feeds).lazy()
    known = raw_columns(delivery.feeds)
    if known is None:
        return pl.scan_parquet(path)
    return pl.scan_parquet(path, schema=dict.fromkeys(known, pl.String), missing_columns="insert", extra_columns="ignore")


def read_refused(landing: Path, night: date, source: str) -> pl.LazyFrame:
    """What the reader of one delivery refused, as `tables.Quarantine`; empty when it refused nothing."""
    _record(landing, night, source)
    path = landing / night.isoformat() / f"{source}.refused.parquet"
    return pl.scan_parquet(path) if path.exists() else pl.LazyFrame(schema=REFUSED)


def deliveries(landing: Path, night: date) -> list[Delivery]:
    """What was collected for a night, by source id; empty when nothing was."""
    return [_load_json(path) for path in sorted((landing / night.isoformat()).glob("*.json"))]


def _record(landing: Path, night: date, source: str) -> Delivery:
    path = landing / night.isoformat() / f"{source}.json"
    if not path.exists():
        raise SourceError(f"nothing was collected for {night}", source, f"pricewatch collect {source} --night {night}")
    return _load_json(path)


def _write_json(path: Path, delivery: Delivery) -> None:
    part = path.with_suffix(".json.part")
    values = asdict(delivery) | {"night": delivery.night.isoformat(), "started_at": delivery.started_at.isoformat()}
    part.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _flush(part)
    part.replace(path)
    _flush(path.parent)


def _load_json(path: Path) -> Delivery:
    values = json.loads(path.read_text(encoding="utf-8"))
    values["night"] = date.fromisoformat(values["night"])
    values["started_at"] = datetime.fromisoformat(values["started_at"]).astimezone(UTC)
    return Delivery(**values)


def _flush(path: Path) -> None:
    """The file or folder is on the disk, not only in the system's memory."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
