"""A site that asks to be left alone for a while (HTTP 429, 503) is: `Retry-After` is kept, for all requests to that host.

RFC 9110, 10.2.3: seconds or an HTTP date. Without it the second request waits a second, the third two. A wait that is longer than
the source allows, or than what is left of its minutes, ends the crawl of that host, and that is told.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Self

from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.utils.httpobj import urlparse_cached

from pricewatch.collect.spider import BudgetReached

_BUSY = (429, 503)


class RetryAfter:
    """Waits as long as a host asks, and gives it up where that is too long."""

    def __init__(self, longest: float, deadline: float, times: int) -> None:
        self.longest, self.deadline, self.times = longest, deadline, times
        self.until: dict[str, float] = {}
        self.closed: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the limits of the job's settings."""
        settings = crawler.settings
        deadline = monotonic() + settings.getfloat("CLOSESPIDER_TIMEOUT")
        return cls(settings.getfloat("LONGEST_WAIT"), deadline, settings.getint("RETRY_TIMES"))

    async def process_request(self, request: Request) -> None:
        """Wait for the request's host. Raises BudgetReached when it was given up."""
        host = urlparse_cached(request).netloc
        while host not in self.closed and (wait := self.until.get(host, 0) - monotonic()) > 0:
            await asyncio.sleep(wait)
        if host in self.closed:
            raise BudgetReached(self.closed[host])

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The request once more, after the wait; the answer itself where it was asked for often enough."""
        if response.status not in _BUSY:
            return response
        times = int(request.meta.get("waited", 0))
        asked = seconds(response.headers.get("Retry-After"), datetime.now(UTC))
        if times >= self.times:
            request.meta["dont_retry"] = True  # Scrapy would repeat it at once
            return response
        wait = asked if asked is not None else 2.0**times
        host = urlparse_cached(request).netloc
        if wait > self.longest or monotonic() + wait > self.deadline:
            self.closed[host] = f"the site asks to wait {wait:.0f} seconds (HTTP {response.status})"
            raise BudgetReached(self.closed[host])
        self.until[host] = max(self.until.get(host, 0), monotonic() + wait)
        return request.replace(dont_filter=True, meta=request.meta | {"waited": times + 1})


def seconds(written: bytes | None, now: datetime) -> float | None:
    """How long `Retry-After` asks to wait, from now; null where there is none, or none that can be read."""
    text = (written or b"").decode("latin-1").strip()
    if text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max((aware - now).total_seconds(), 0.0)
