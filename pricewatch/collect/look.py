"""One page of a source, fetched as a crawl would and explained: the half that runs in the child process. See `looked.py`."""

from __future__ import annotations

from typing import Any, cast

from scrapy.http import Request, Response

from pricewatch.collect.job import Looked
from pricewatch.collect.markup.reading import Reading
from pricewatch.collect.spider import PriceSpider, Unreadable
from pricewatch.domain.errors import UserError


def looking(spider: type[PriceSpider], url: str) -> type[PriceSpider]:
    """The spider, but it asks for one page and explains it; `seen` holds what it saw."""

    class Look(spider):  # type: ignore[misc, valid-type]
        """One page."""

        seen: list[Looked]

        async def start(self) -> Any:
            """The page, for each store where the spider has several."""
            self.seen = []
            for request in self.probe(url):
                yield request.replace(callback=self._explained, errback=self._not_come, cb_kwargs={}, dont_filter=True)

        def _explained(self, page: Response) -> None:
            readings: list[Reading] = []
            problem = None
            try:
                for reading in self.explain(page):
                    readings.append(reading)  # noqa: PERF402 - what was told before a failure counts
            except Unreadable as error:
                problem = error.reason
            except UserError as error:
                problem = f"{error.what}; {error.fix}" if error.fix else error.what
            except Exception as error:  # a spider's mistake is what one wants to see here
                self.logger.warning("could not read %s", page.url, exc_info=True)
                problem = f"the spider failed: {type(error).__name__}: {error}"
            self.seen.append(Looked(page.url, page.meta.get("location"), page.status, problem, readings))

        def _not_come(self, failure: Any) -> None:
            said = [refused.reason for refused in self._lost(failure)] or [str(failure.value)]
            status = getattr(getattr(failure.value, "response", None), "status", None)
            request: Request = failure.request
            self.seen.append(Looked(request.url, request.meta.get("location"), status, said[0], []))

    Look.__name__ = spider.__name__
    return cast("type[PriceSpider]", Look)
