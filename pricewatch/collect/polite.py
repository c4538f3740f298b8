"""Manners of a crawl, as Scrapy downloader middlewares: robots.txt obeyed from the first request on, a hard request budget."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Self

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http import Request, Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

from pricewatch.collect.spider import BudgetReached

_NOTHING_ALLOWED = b"User-agent: *\nDisallow: /\n"


class RobotsTxt(RobotsTxtMiddleware):
    """Scrapy's own lets part of the first burst through before robots.txt has come; here they wait for it, host by host."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The host's rules; the first request fetches them, the others wait."""
        async with self._locks[urlparse_cached(request).netloc]:
            return await super().robot_parser(request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        # RFC 9309, 2.3.1.4: a robots.txt that the server fails to give forbids everything; one that is not there (4xx), nothing.
        if response.status >= 500:
            response = response.replace(body=_NOTHING_ALLOWED)
        elif response.status >= 400:
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)


class RequestBudget:
    """No request beyond the source's budget leaves the house, repeated ones and robots.txt included."""

    def __init__(self, budget: int) -> None:
        self.budget, self.made = budget, 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the budget of the job's settings."""
        return cls(crawler.settings.getint("REQUEST_BUDGET"))

    def process_request(self, request: Request) -> None:  # noqa: ARG002 - Scrapy's signature
        """Count it, or raise BudgetReached."""
        if self.made >= self.budget:
            raise BudgetReached(f"the budget of {self.budget} requests is used up")
        self.made += 1
