"""EDGE IN: what the channels and head office say, as raw text rows with their provenance. Never an exception for bad data.

```
collect()      all sources of a night, side by side; a Delivery for each, whatever happened
  files.py     a source that is files: importers/<format>.py, on top of unpack.py, lines.py, delimited.py, cells.py
  sites.py     a source that is a site: a child process for each (crawl.py), running the user's spider (spider.py)
    job.py     what the two say to each other
  landing.py   landing/<night>/<source>.parquet, complete or not there; the Delivery beside it as JSON
```
The rows stay text: what a price, a time or an identifier means is declared by the source and decided in `engine/normalise.py`.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

import polars as pl

from pricewatch.collect.landing import Delivery, Landing, Status, deliveries, read_landing, read_refused
from pricewatch.collect.lines import count
from pricewatch.domain.errors import SourceError

if TYPE_CHECKING:
    from pricewatch.workspace.config import Source

__all__ = ["Delivery", "collect", "deliveries", "read_landing", "read_refused"]

Progress = Callable[[str, int], None]
"""Told (source, rows so far), from several threads."""

_REFUSED_SHARE = 0.2
"""More of its rows or pages refused than this, and a delivery is degraded."""


def collect(
    workspace_root: Path,
    landing: Path,
    sources: Sequence[Source],
    night: date,
    *,
    observed_at: datetime | None = None,
    spiders: Path,
    on_progress: Progress | None = None,
    workers: int = 4,
) -> list[Delivery]:
    """What every source delivered for a night, in the order of `sources`; their rows are in `landing` when this returns.

    `observed_at` (aware) is the instant that crawled rows were seen and all rows were read at, for playing past nights; None =
    the clock. Bad data never raises: a source that fails is a Delivery with status failed, and the others go on.
    """
    if observed_at is not None and observed_at.tzinfo is None:
        raise ValueError("observed_at has no time zone")
    stop = Event()
    jobs = [_Job(workspace_root, landing, source, night, observed_at, spiders, on_progress, stop) for source in sources]
    with ThreadPoolExecutor(max_workers=max(workers, 1), thread_name_prefix="collect") as pool:
        # Crawls wait for their sites, so they begin first; files are read in the meantime.
        begun = {job: pool.submit(job.run) for job in sorted(jobs, key=lambda job: job.source.spider is None)}
        try:
            return [begun[job].result() for job in jobs]
        except BaseException:  # Ctrl-C: the children stop too, nothing half-done lands
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class _Job:
    """One source on one night."""

    def __init__(
        self,
        root: Path,
        landing: Path,
        source: Source,
        night: date,
        observed_at: datetime | None,
        spiders: Path,
        on_progress: Progress | None,
        stop: Event,
    ) -> None:
        self.root, self.landing, self.source, self.night = root, landing, source, night
        self.observed_at, self.spiders, self.on_progress, self.stop = observed_at, spiders, on_progress, stop
        self.begun = monotonic()
        self.started_at = (observed_at or datetime.now(UTC)).astimezone(UTC)

    def run(self) -> Delivery:
        """The border where whatever goes wrong with one source becomes its Delivery."""
        self.begun = monotonic()
        try:
            with Landing(self.landing, self.night, self.source.id, self.source.feeds) as place:
                try:
                    return place.close(self._judged(place, *self._fill(place)))
                except SourceError as error:
                    return place.close(self._delivery(place, "failed", str(error), error.fix or None))
                except (Exception, pl.exceptions.PanicException) as error:
                    return place.close(self._delivery(place, "failed", *self._unforeseen(error)))
        except OSError as error:
            # The landing place itself fails (full disk, no permission): there is no place for a record either.
            what = f"the landing folder can't be written: {(error.strerror or str(error)).lower()}"
            return self._delivery(None, "failed", what, f"make room and give write permission in {self.landing}")

    def _fill(self, place: Landing) -> tuple[Status, str | None, str | None, int]:
        # Here, not above: a crawl's child imports this package too, and would pay a second for what it never uses.
        from pricewatch.collect.files import import_files
        from pricewatch.collect.sites import crawl_site

        collected_at = self.started_at.isoformat(timespec="seconds")
        if self.source.spider is None:
            return import_files(self.root, self.source, self.night, place, collected_at=collected_at, progress=self._told)
        return crawl_site(
            self.source,
            self.night,
            place,
            spiders=self.spiders,
            observed_at=self.observed_at,
            progress=self._told,
            stop=self.stop,
        )

    def _told(self, rows: int) -> None:
        if self.on_progress is not None:
            self.on_progress(self.source.id, rows)

    def _judged(self, place: Landing, status: Status, problem: str | None, fix: str | None, files: int) -> Delivery:
        """A delivery that came, held against what was declared: thin or much refused is degraded."""
        expected, read = self.source.expect_rows, place.rows + place.refused
        words = [problem] if problem else []
        if status in ("complete", "degraded"):
            if expected is not None and place.rows * 2 < expected:
                words.append(f"{count(place.rows)} rows, fewer than half of the {count(expected)} of a normal night")
                fix = fix or f"ask who sends it, or mend expect_rows of source '{self.source.id}' in config/sources.yaml"
            if place.refused > _REFUSED_SHARE * read:
                words.append(f"{count(place.refused)} of {count(read)} refused")
                fix = fix or f"see why: {place.folder / (self.source.id + '.refused.parquet')}"
            status = "degraded" if words else status
        return self._delivery(place, status, "; ".join(words) or None, fix, files)

    def _delivery(self, place: Landing | None, status: Status, problem: str | None, fix: str | None, files: int = 0) -> Delivery:
        came = status in ("complete", "degraded")
        return Delivery(
            source=self.source.id,
            night=self.night,
            feeds=self.source.feeds,
            channel=self.source.channel,
            status=status,
            problem=problem,
            fix=fix,
            rows=place.rows if place and came else 0,
            refused=place.refused if place else 0,
            expected_rows=self.source.expect_rows,
            files=files,
            started_at=self.started_at,
            seconds=round(monotonic() - self.begun, 3),
        )

    def _unforeseen(self, error: BaseException) -> tuple[str, str]:
        """Our own mistake with this source: one line, and where the traceback was saved."""
        saved = self.landing / self.night.isoformat() / f"{self.source.id}.error.txt"
        saved.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        return f"internal failure: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}", f"report {saved}"
