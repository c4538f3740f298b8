"""Manners of a crawl, as Scrapy downloader middlewares: where it may go, robots.txt from the first request on, hard budgets."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http import Request, Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

from pricewatch.collect import addresses
from pricewatch.collect.spider import BudgetReached, NotAllowed

_NOTHING_ALLOWED = b"User-agent: *\nDisallow: /\n"
_PORTS = {"http": 80, "https": 443}


class AllowedHosts:
    """Every request, also one that a redirect asks for, goes to a declared host, by HTTP, and to a public address.

    The host of the source's `url` is allowed, with and without `www.`, at its own port and the usual ones. Where that is written
    as an address, it was meant: `http://127.0.0.1:8765`.
    """

    def __init__(self, url: str, further: Iterable[str], *, private: bool) -> None:
        own = urlsplit(url)
        host = (own.hostname or "").removeprefix("www.")
        self.own = own.hostname or ""
        self.exact = {host, f"www.{host}", self.own, *(name for name in further if not name.startswith("*."))}
        self.endings = tuple(name[1:] for name in further if name.startswith("*."))
        self.ports = {*_PORTS.values(), own.port or _PORTS.get(own.scheme, 80)}
        self.private = private

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the hosts of the job's settings."""
        settings = crawler.settings
        return cls(settings["SOURCE_URL"], settings.getlist("FURTHER_HOSTS"), private=settings.getbool("PRIVATE_ADDRESSES"))

    def problem(self, url: str) -> str | None:
        """Why a URL is not asked for; None when it may be."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme)
        except ValueError:
            return "is no URL"
        if parts.scheme not in _PORTS:
            return f"leads to {parts.scheme}:, which is not crawled"
        if not self.private and host != self.own and (words := addresses.problem(host)):
            return f"leads to a private place: {words} (source key: private_addresses)"
        if host not in self.exact and not host.endswith(self.endings or ("\0",)):
            return f"leads to another host: {host} (source key: hosts)"
        return None if port in self.ports else f"leads to another port: {host}:{port}"

    def process_request(self, request: Request) -> None:
        """Let it go, or raise NotAllowed."""
        if words := self.problem(request.url):
            raise NotAllowed(words)


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
        # A server that is asked too much (429) has not said that there is none.
        if response.status >= 500 or response.status == 429:
            response = response.replace(body=_NOTHING_ALLOWED)
        elif response.status >= 400:
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)


class Budgets:
    """No request beyond the source's budgets leaves the house, repeated ones and robots.txt included.

    Bytes are counted as they are received, packed; the page that passes the limit is still read.
    """

    def __init__(self, requests: int, megabytes: float) -> None:
        self.requests, self.megabytes = requests, megabytes
        self.made = self.received = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the budgets of the job's settings."""
        return cls(crawler.settings.getint("REQUEST_BUDGET"), crawler.settings.getfloat("MEGABYTE_BUDGET"))

    def process_request(self, request: Request) -> None:  # noqa: ARG002 - Scrapy's signature
        """Count it, or raise BudgetReached."""
        if self.made >= self.requests:
            words = f"{self.requests:,}".replace(",", " ")
            raise BudgetReached(f"its budget of {words} requests was used up")
        if self.received >= self.megabytes * 1e6:
            raise BudgetReached(f"its budget of {self.megabytes:g} MB was used up")
        self.made += 1

    def process_response(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - Scrapy's signature
        """Count its bytes."""
        self.received += len(response.body)
        return response
