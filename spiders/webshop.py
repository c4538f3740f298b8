"""A webshop: every product page that its sitemap names. The visible price and the JSON-LD of a page are rows of their own.

Options of the source: `sitemap` (path, default /sitemap.xml), `product_url` (regular expression a product's URL contains,
default `/p/`), and the CSS selectors of `_markup.SELECTORS`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator

from scrapy.http import Request, Response, TextResponse
from scrapy.utils.gz import gunzip
from scrapy.utils.sitemap import Sitemap

from pricewatch.collect.spider import PriceSpider, Row, TryAgain, Unreadable

from ._markup import offers_in_jsonld, visible_offer

_SITEMAP_SIZE = 60 * 2**20  # sitemaps.org allows 50 MB unpacked


class Webshop(PriceSpider):
    """Product pages found through the sitemap."""

    name = "webshop"

    async def start(self) -> AsyncIterator[Request]:
        """The sitemap."""
        yield self.listing(self.base_url + str(self.options.get("sitemap", "/sitemap.xml")), self.products)

    def products(self, page: Response) -> Iterator[Request]:
        """The product pages a sitemap names; of an index, the sitemaps it names."""
        body = gunzip(page.body, max_size=_SITEMAP_SIZE) if page.body[:2] == b"\x1f\x8b" else page.body
        try:
            sitemap = Sitemap(body)
            places = [entry["loc"] for entry in sitemap]
        except Exception as error:  # lxml's errors, and StopIteration for an empty page
            raise Unreadable("is no sitemap") from error
        if sitemap.type == "sitemapindex":
            yield from (self.listing(place, self.products) for place in places)
            return
        wanted = re.compile(str(self.options.get("product_url", "/p/")))
        products = [place for place in places if wanted.search(place)]
        if not products:
            raise Unreadable(
                f"names no product page: none of its {len(places)} URLs contains '{wanted.pattern}' (options: product_url)"
            )
        yield from (self.page(place) for place in products)

    def read(self, page: Response) -> Iterator[Row]:
        """A row for the visible price and one for each JSON-LD offer. Unreadable when the page shows no price at all."""
        if not isinstance(page, TextResponse) or not page.body.strip():
            raise TryAgain("the page is empty")
        visible = visible_offer(page, self.options)
        marked = list(offers_in_jsonld(page))
        if visible is None and not marked:
            raise Unreadable("no price on the page, neither visible nor in JSON-LD")
        known = visible["external_id"] if visible else None
        if visible is not None:
            first = marked[0]["external_id"] if marked else None
            yield self.raw(page, surface="html", **(visible | {"external_id": known or first}))
        for offer in marked:
            yield self.raw(page, surface="jsonld", **(offer | {"external_id": offer["external_id"] or known}))
