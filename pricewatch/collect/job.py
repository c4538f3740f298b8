"""What the parent of a crawl asks of its child process, and what the child answers: both written as JSON.

Apart from both of them, so that the parent needs no Scrapy and the child no configuration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Job:
    """What the parent asks of the child; written as JSON."""

    source: str
    feeds: str
    spider: str
    spiders: str
    """The workspace's folder of spiders."""
    staging: str
    log: str
    url: str
    options: dict[str, Any]
    concurrent: int
    delay: float
    requests: int
    minutes: float
    observed_at: str | None
    timeout: float
    """Seconds to wait for one page."""
    decimal: str = "."
    """The decimal sign of its prices."""
    root: str = ""
    """The workspace's folder."""
    hosts: tuple[str, ...] = ()
    """Hosts that pages may come from, besides the URL's own."""
    private_addresses: bool = False
    megabytes: float = 2_000
    page_megabytes: float = 20
    longest_wait: float = 120
    """Seconds that the site may ask to wait."""


@dataclass(frozen=True)
class Result:
    """What the child counted; written as JSON when the crawl is over. See `spider.Tally`."""

    finish_reason: str
    errors: int
    pages: int
    read: int
    unreadable: int
    failed: int
    forbidden: int
    left: int
    stopped: list[str]
    lost: list[str]
    reasons: list[tuple[str, int]]
    rows: int
    refused: int
