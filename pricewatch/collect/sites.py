"""A source that is a site: its spider runs in a child process, whose result is judged here and landed.

Judged by what it counted (`crawl.Result`), never by the exit code: Scrapy ends with 0 whatever happened.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from threading import Event
from time import monotonic
from typing import IO

import polars as pl

from pricewatch.collect.job import Job, Result
from pricewatch.collect.landing import Landing, Status
from pricewatch.collect.lines import count
from pricewatch.collect.manners import without_password
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source

_PAGE_TIMEOUT = 60.0
"""Seconds to wait for one page; `options: {timeout: ...}` of a source overrides it."""

_GRACE = 30.0
"""Seconds beyond the budget for requests under way, before the child is stopped."""

_LOST_SHARE = 0.2
"""More pages than this unread or not answered, and the delivery is degraded."""

_WALL_SHARE = 0.02
"""More pages than this (and than one) that are a captcha, a login wall, a soft 404 or a price of zero: degraded."""


def crawl_site(
    source: Source,
    night: date,
    landing: Landing,
    *,
    spiders: Path,
    observed_at: datetime | None,
    progress: Callable[[int], None],
    stop: Event,
) -> tuple[Status, str | None, str | None, int]:
    """Crawl one site into its landing place. Out: status, problem, fix, pages fetched.

    Raises SourceError when nothing can be landed: the child was killed, the spider fails, the site does not answer;
    KeyboardInterrupt when `stop` is set.
    """
    log = landing.folder / f"{source.id}.log"
    job = job_of(source, landing.staging, log, spiders=spiders, observed_at=observed_at)
    again = f"pricewatch collect {source.id} --night {night}"
    ended = run_child(job, progress, stop)
    result = result_of(landing.staging) if ended is None else None
    if result is None:
        raise SourceError(
            f"the crawl was cut off: {ended or 'its process ended without a result'}; nothing was landed", "", again
        )
    for piece in sorted(landing.staging.glob("refused-*.parquet")):
        landing.refuse(pl.read_parquet(piece))
    if result.rows == 0:
        raise SourceError(_nothing(result, source), "", f"see {log}, then run: {again}")
    for piece in sorted(landing.staging.glob("rows-*.parquet")):
        landing.add(pl.read_parquet(piece))
    words = _doubts(result, source)
    if not words:
        return "complete", None, None, result.pages
    return "degraded", "; ".join(words), f"see {log}, then run: {again}", result.pages


def job_of(source: Source, staging: Path, log: Path, *, spiders: Path, observed_at: datetime | None) -> Job:
    """What a child is asked to do for a source, as it is declared."""
    options = dict(source.options)
    return Job(
        source=source.id,
        feeds=source.feeds,
        spider=source.spider or "",
        spiders=str(spiders.resolve()),
        staging=str(staging.resolve()),
        log=str(log.resolve()),
        url=source.url or "",
        options=options,
        concurrent=source.pace.concurrent,
        delay=source.pace.delay,
        requests=source.budget.requests,
        minutes=source.budget.minutes,
        observed_at=observed_at.isoformat() if observed_at else None,
        timeout=float(options.pop("timeout", _PAGE_TIMEOUT)),
        decimal=source.decimal,
        root=str(spiders.resolve().parent),
        hosts=source.hosts,
        private_addresses=source.private_addresses,
        megabytes=source.budget.megabytes,
        page_megabytes=source.budget.page_megabytes,
        longest_wait=source.pace.longest_wait.total_seconds(),
        browser=source.browser.model_dump() if source.browser else None,
    )


def result_of(staging: Path) -> Result | None:
    """What the child counted; None where it ended before it could say. Raises SourceError when it could not run the spider."""
    told = staging / "result.json"
    if not told.exists():
        return None
    values = json.loads(told.read_text(encoding="utf-8"))
    if "what" in values:
        raise SourceError(values["what"], values["where"], values["fix"])
    return Result(**values)


def run_child(job: Job, progress: Callable[[int], None], stop: Event) -> str | None:
    """Run the child to its end. Out: None when it ended by itself, else what ended it, in words."""
    file = Path(job.staging) / "job.json"
    file.touch(mode=0o600)  # tokens stand in it
    file.write_text(json.dumps(asdict(job)), encoding="utf-8")
    deadline = monotonic() + job.minutes * 60 + job.timeout + _GRACE
    with (
        Path(job.log).open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "pricewatch.collect.crawl", str(file)],
            stdin=subprocess.PIPE,  # held open: the child ends when its end of it closes
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # Ctrl-C is ours to hear; the child is told by us
        ) as child,
    ):
        assert child.stdout is not None
        reader = threading.Thread(target=_listen, args=(child.stdout, progress), daemon=True)
        reader.start()
        ended = None
        try:
            while child.poll() is None:
                if stop.wait(0.05):
                    # Ctrl-C: what landed earlier stays, so this is no failed delivery.
                    raise KeyboardInterrupt
                if monotonic() > deadline:
                    ended = f"it was not over after {job.minutes:g} minutes"
                    break
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
            reader.join()
        if ended is None and child.returncode < 0:
            ended = f"its process was killed by signal {-child.returncode}"
        return ended


def _listen(told: IO[bytes], progress: Callable[[int], None]) -> None:
    """The child says how many rows it has, a number a line."""
    for line in told:
        if line.strip().isdigit():
            progress(int(line))


def _nothing(result: Result, source: Source) -> str:
    """Why a crawl has no rows at all."""
    url = without_password(source.url or "")
    if result.lost:
        return f"nothing was read: {result.lost[0]}"
    if result.reasons:
        reason, times = result.reasons[0]
        return f"nothing was read from {url}: {reason} ({count(times)} pages)"
    if result.left:
        return f"nothing was read: {'; '.join(result.stopped)}"
    return f"nothing was fetched from {url}" + (f" ({result.finish_reason})" if result.finish_reason != "finished" else "")


def _doubts(result: Result, source: Source) -> list[str]:
    """Why what came is not the whole: nothing of it is kept silent, and the rows are still worth judging."""
    words = [f"a page that leads to many was lost: {lost}" for lost in result.lost[:3]]
    if result.left:
        words.append(f"{'; '.join(result.stopped)}, {count(result.left)} pages were not fetched")
    if result.finish_reason == "closespider_timeout":
        words.append(f"its budget of {source.budget.minutes:g} minutes was used up")
    elif result.finish_reason != "finished":
        words.append(f"the crawl did not finish: {result.finish_reason}")
    lost = result.unreadable + result.failed
    if lost > _LOST_SHARE * (lost + result.read):
        reason = f", most often: {result.reasons[0][0]}" if result.reasons else ""
        words.append(f"{count(lost)} of {count(lost + result.read)} pages could not be read{reason}")
    for kind, times in sorted(result.kinds.items()):
        if times > max(1, _WALL_SHARE * (lost + result.read)):
            words.append(f"{count(times)} of {count(lost + result.read)} pages: {kind}")
    if result.errors:
        words.append(f"the spider logged {count(result.errors)} errors")
    return words
