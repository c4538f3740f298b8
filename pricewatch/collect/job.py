"""What the parent of a crawl asks of its child process, and what the child answers: both written as JSON.

Apart from both of them, so that the parent needs no Scrapy and the child no configuration.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pricewatch.collect.markup.reading import Reading


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
    browser: dict[str, Any] | None = None
    """`config.Browser`; null = none is needed."""
    look: str = ""
    """A page to explain, instead of a crawl."""


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
    kinds: dict[str, int] = field(default_factory=dict)
    """Pages and prices that are none: `captcha`, `login wall`, `soft 404`, `zero price`."""
    looked: list[Any] = field(default_factory=list)
    """`Looked` of each page that was to be explained."""


@dataclass(frozen=True)
class Looked:
    """What was read from one page, for one store."""

    url: str
    """Where it came from in the end, after redirects."""
    location: str | None
    """The store that was chosen; null = none."""
    status: int | None
    """HTTP; null = no answer."""
    problem: str | None
    """Why nothing would land from the page; null = something would."""
    readings: list[Reading]
