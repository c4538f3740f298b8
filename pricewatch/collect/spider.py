"""What every spider of a workspace builds on: where to go (`start`, `follow`) apart from what a page says (`read`).

```python
class Webshop(PriceSpider):
    name = "webshop"

    async def start(self):
        yield self.listing(f"{self.base_url}/sitemap.xml", follow=self.products)

    def products(self, page):
        yield from (self.page(url) for url in ...)

    def read(self, page):
        yield self.raw(page, surface="html", external_id="4711", price_text=page.css(".price::text").get())
```
`read` is pure: a page in, rows out, so that a saved page is a whole test. A page that can't be read raises `Unreadable`, one that
came broken raises `TryAgain`; neither ever yields a price of None or 0. Rows of a page count together or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import scrapy
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.httpobj import urlparse_cached

from pricewatch.collect import addresses
from pricewatch.collect.manners import without_password
from pricewatch.collect.markup import walls
from pricewatch.collect.markup.reading import ZERO, Reading
from pricewatch.domain import tables

Row = dict[str, str | None]

RAW = frozenset(tables.schema("raw"))
_PROVENANCE = frozenset({"source_ref", "collected_at", "observed_at"})


class Unreadable(Exception):
    """The page came, but it does not say what it should. Counted in the source's health, with the reason.

    `kind` where many pages may be alike, and that is worth a count of its own: `captcha`, `login wall`, `soft 404`.
    """

    def __init__(self, reason: str, kind: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.kind = reason, kind


class TryAgain(Unreadable):
    """The page came broken (empty, half, a waiting room): worth another request, then unreadable."""


class BudgetReached(IgnoreRequest):
    """A budget of the source is used up, or the site asks to be left alone: this request is not made. Says which, in words."""


class NotAllowed(IgnoreRequest):
    """The request would leave the hosts that the source may talk to. Says why, in words."""


@dataclass(frozen=True)
class Refused:
    """A page, or one item of it, that can't be read."""

    source_ref: str
    reason: str
    row: str | None = None
    """The item as it came, as JSON."""


@dataclass
class Tally:
    """What a crawl counted, for its health."""

    read: int = 0
    """Pages that came and said what they should."""
    unreadable: int = 0
    failed: int = 0
    """Pages that did not come: HTTP errors, timeouts."""
    forbidden: int = 0
    """Pages that robots.txt forbids, or on another host: not requested."""
    left: int = 0
    """Requests not made because a budget was used up."""
    stopped: list[str] = field(default_factory=list)
    """Which budgets, in words."""
    lost: list[str] = field(default_factory=list)
    """Pages that stand for many products and were lost: without them a crawl is not whole."""
    reasons: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    """Pages and prices that are none: `captcha`, `login wall`, `soft 404`, `zero price`."""


class PriceSpider(scrapy.Spider):
    """A spider that yields raw price rows. Subclasses give `name`, `async def start` and `read`."""

    base_url: str
    options: dict[str, Any]
    decimal: str
    """The decimal sign that the source declares for its prices."""
    root: str
    """The workspace's folder."""

    def __init__(
        self,
        *,
        url: str,
        options: dict[str, Any] | None = None,
        observed_at: datetime | None = None,
        decimal: str = ".",
        root: str = "",
        **_: Any,
    ) -> None:
        super().__init__()
        self.base_url = without_password(url).rstrip("/")
        self.options = options or {}
        self.observed_at = observed_at
        self.decimal = decimal
        self.root = root
        self.tally = Tally()

    def read(self, page: Response) -> Iterable[Row | Refused]:
        """The rows of one page, made with `raw`. Raises Unreadable or TryAgain."""
        raise NotImplementedError(f"spider {self.name} has no read()")

    def explain(self, page: Response) -> Iterator[Reading]:
        """What `read` gives, for eyes. A spider that knows where in the page a value came from tells that, too."""
        for row in self.read(page):
            if isinstance(row, Refused):
                yield Reading("", notes=[row.row] if row.row else [], refused=row.reason)
            else:
                fields = {name: text for name, text in row.items() if text and name not in _PROVENANCE}
                yield Reading(fields.pop("surface", ""), fields)

    def probe(self, url: str) -> Iterable[Request]:
        """The requests for one page that somebody wants explained. `url` may be a path of the site."""
        yield self.page(url if "://" in url else f"{self.base_url}/{url.lstrip('/')}")

    def page(
        self,
        url: str,
        *,
        follow: Callable[[Any], Iterable[Request]] | None = None,
        many: bool = False,
        **facts: Any,
    ) -> Request:
        """A request for a page whose rows `read` gives; `follow` gives the further requests it leads to.

        `many`: the page stands for many products, so that losing it degrades the delivery whatever the share of lost pages.
        `facts` are found again in `page.meta`.
        """
        return self._request(url, self.read, follow, many, facts)

    def listing(self, url: str, follow: Callable[[Any], Iterable[Request]], **facts: Any) -> Request:
        """A request for a page without rows that leads to many: a sitemap, a category."""
        return self._request(url, None, follow, True, facts)

    def _request(self, url: str, read: Any, follow: Any, many: bool, facts: dict[str, Any]) -> Request:
        arguments = {"read": read, "follow": follow, "many": many}
        return Request(url, callback=self._come, errback=self._lost, cb_kwargs=arguments, meta=facts)

    def raw(self, page: Response, *, ref: str = "", **fields: str | None) -> Row:
        """One raw row of a page with its URL and instant. `ref` is appended to the URL: the place within the page.

        Fields are columns of `tables.Raw`; blanks are normalised, empty text is null. An unknown field is the spider's mistake.
        """
        unknown = set(fields) - RAW
        if unknown:
            raise TypeError(f"raw rows have no {', '.join(sorted(unknown))}; there are {', '.join(sorted(RAW))}")
        seen = (self.observed_at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
        text = {name: " ".join(value.split()) or None for name, value in fields.items() if value is not None}
        return {"source_ref": page.url + ref, "collected_at": seen, "observed_at": seen} | text

    def _come(self, response: Response, read: Any, follow: Any, many: bool) -> Iterator[Row | Refused | Request]:
        """The border of one page: all its rows and requests, or one Refused."""
        try:
            rows = list(read(response)) if read else []
            requests = list(follow(response)) if follow else []
        except TryAgain as error:
            assert response.request is not None
            again = get_retry_request(response.request, spider=self, reason=error.reason)
            yield again if again else self._refused(response.url, error.reason, many=many)
        except Unreadable as error:
            self._count(error.kind or _kind(error.reason))
            asked = response.request.meta.get("redirect_urls") if response.request else None
            yield self._refused(str(asked[0]) if asked else response.url, error.reason, many=many)
        except Exception as error:  # a spider's mistake on one page must not end the crawl
            self.logger.warning("could not read %s", response.url, exc_info=True)
            yield self._refused(response.url, f"the spider failed: {type(error).__name__}: {error}", many=many)
        else:
            self.tally.read += 1
            for row in rows:
                if isinstance(row, Refused):
                    self.tally.reasons[row.reason] += 1
                    self._count(_kind(row.reason))
                yield row
            yield from requests

    def _count(self, kind: str | None) -> None:
        if kind is not None:
            self.tally.kinds[kind] += 1

    def _refused(self, url: str, reason: str, *, many: bool) -> Refused:
        self.tally.unreadable += 1
        return self._noted(url, reason, many=many)

    def _noted(self, url: str, reason: str, *, many: bool) -> Refused:
        self.tally.reasons[reason] += 1
        if many:
            self.tally.lost.append(f"{url}: {reason}")
        return Refused(url, reason)

    def _lost(self, failure: Any) -> Iterator[Refused]:
        """A page that did not come, said in words. In: Twisted's failure, with its request."""
        request: Request = failure.request
        many = bool(request.cb_kwargs.get("many"))
        error = failure.value
        if isinstance(error, BudgetReached):
            self.tally.left += 1
            if str(error) not in self.tally.stopped:
                self.tally.stopped.append(str(error))
        elif isinstance(error, HttpError):
            self.tally.failed += 1
            kind = walls.of_error(error.response)
            self._count(kind)
            words = f": {walls.WORDS[kind]}" if kind else ""
            yield self._noted(request.url, f"the site answers HTTP {error.response.status}{words}", many=many)
        elif isinstance(error, DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in str(error):  # received, or unpacked
            self.tally.failed += 1
            yield self._noted(request.url, "the page is larger than a page may be (budget: page_megabytes)", many=many)
        elif isinstance(error, IgnoreRequest):
            self.tally.forbidden += 1
            robots = "robots.txt" in str(error)
            yield self._noted(request.url, "robots.txt forbids it" if robots else f"not followed: {error}", many=many)
        else:
            self.tally.failed += 1
            host = urlparse_cached(request).hostname or ""
            private = (
                f"not connected: {addresses.refused[host]} (source key: private_addresses)" if host in addresses.refused else ""
            )
            yield self._noted(request.url, private or f"no answer: {_words(error)}", many=many)


def _kind(reason: str) -> str | None:
    return "zero price" if ZERO in reason else None


def _words(error: BaseException | None) -> str:
    """A network failure in words: `timed out`, `connection refused`."""
    known = {
        "TimeoutError": "timed out",
        "TCPTimedOutError": "timed out",
        "DownloadTimeoutError": "timed out",
        "ConnectionRefusedError": "connection refused",
        "DownloadConnectionRefusedError": "connection refused",
        "DNSLookupError": "its host name is unknown",
        "CannotResolveHostError": "its host name is unknown",
        "ResponseDataLossError": "the page came half",
    }
    name = type(error).__name__
    said = str(error).splitlines()
    return known.get(name, f"{name} {said[0] if said else ''}".strip())
