"""One page of a source, fetched as a crawl would and explained: what each surface says, where each value came from, what was left
out and why. Nothing lands. The half of the child process is `look.py`.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

from pricewatch.collect.job import Looked
from pricewatch.collect.markup.reading import Reading
from pricewatch.collect.sites import job_of, result_of, run_child
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source

_REQUESTS = 50
"""Enough for robots.txt, redirects, repeats and a few stores."""

_MINUTES = 5.0


def look_at(source: Source, url: str, *, spiders: Path) -> list[Looked]:
    """What the source's spider reads from one page, once for each store it declares. `url` may be a path of the site.

    Raises SourceError when the spider can't be run, or asks for nothing.
    """
    with tempfile.TemporaryDirectory(prefix="pricewatch-") as folder:
        staging = Path(folder)
        job = job_of(source, staging, staging / "log", spiders=spiders, observed_at=None)
        job = replace(job, look=url, requests=min(job.requests, _REQUESTS), minutes=min(job.minutes, _MINUTES))
        ended = run_child(job, lambda _: None, Event())
        result = result_of(staging)
        if result is None:
            raise SourceError(f"the page was not fetched: {ended or 'its process ended without a result'}", url)
        if not result.looked:
            said = "; ".join([*result.lost, *result.stopped]) or _last_line(staging / "log")
            raise SourceError(f"the page was not asked for: {said}", url, f"mend source '{source.id}' in config/sources.yaml")
        return [_looked(page) for page in result.looked]


def _looked(told: dict[str, Any]) -> Looked:
    """A page as the child wrote it."""
    return Looked(**{**told, "readings": [Reading(**reading) for reading in told["readings"]]})


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return lines[-1] if lines else "its process said nothing"
