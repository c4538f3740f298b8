"""The crawl of a webshop by declaration: what `spiders/webshop.py` is, and what a spider of one's own can build on.

```python
class Ours(ShopSpider):
    name = "ours"

    def readings(self, page):                        # what each surface of the page says; see markup.reading
        for reading in super().readings(page):
            reading.put("promotion_label", page.css(".sticker::attr(title)").get(), ".sticker")
            yield reading
```
The visible price, JSON-LD, microdata and meta tags of a page are rows of their own (`surface`): they may contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy.http import Request, Response, TextResponse
from w3lib.url import add_or_replace_parameters, canonicalize_url

from pricewatch.collect.markup import inline, jsonld, meta, schema_org, visible, walls
from pricewatch.collect.markup.reading import Reading
from pricewatch.collect.shop import links
from pricewatch.collect.shop.options import Shop, Store, declared
from pricewatch.collect.spider import PriceSpider, Refused, Row, TryAgain, Unreadable
from pricewatch.domain import tables
from pricewatch.domain.errors import Problems, UserError

_NOWHERE = Store()
_ORDER = tuple(tables.schema("raw"))


class ShopSpider(PriceSpider):
    """Product pages of a webshop by the declared `options` (`options.Shop`)."""

    def __init__(self, *, url: str, **facts: Any) -> None:
        super().__init__(url=url, **facts)
        self.mistakes: list[UserError] = []
        self.shop = Shop()
        self._asked: set[str] = set()
        try:
            self.shop = declared(self.options)
        except UserError as error:
            self.mistakes = list(error.problems) if isinstance(error, Problems) else [error]

    async def start(self) -> AsyncIterator[Request]:
        """Sitemaps, categories and product pages as declared. Nothing is asked for when the options are wrong: that is told."""
        try:
            listed = list(links.of_file(Path(self.root), self.shop.url_file)) if self.shop.url_file else []
        except UserError as error:
            self.mistakes.append(error)
        self.tally.lost += [f"{error.where}: {error.what}; {error.fix}" for error in self.mistakes]
        if self.mistakes:
            return
        for place in self.shop.sitemaps:
            yield self.listing(self.absolute(place), self.of_sitemap)
        for place in self.shop.categories:
            yield self.category(self.absolute(place))
        for place in (*self.shop.urls, *listed):
            for request in self.product(self.absolute(place)):
                yield request

    def absolute(self, place: str) -> str:
        """A path of the shop as a URL; a URL is itself."""
        return place if "://" in place else f"{self.base_url}/{place.lstrip('/')}"

    def category(self, url: str) -> Request:
        """A request for a category page, as the first of the declared stores sees it."""
        store = self.shop.stores[0] if self.shop.stores else _NOWHERE
        return self.listing(url, self.of_category).replace(headers=_headers(store))

    def product(self, url: str) -> Iterator[Request]:
        """The requests for a product page, one for each store; none for a page that was asked for before."""
        known = canonicalize_url(url)
        if known in self._asked:
            return
        self._asked.add(known)
        for store in self.shop.stores or (_NOWHERE,):
            place = add_or_replace_parameters(url, store.parameters) if store.parameters else url
            # Scrapy takes pages that differ in a cookie only for one and the same.
            alike = bool(store.cookies or store.headers)
            yield self.page(place, location=store.location).replace(headers=_headers(store), dont_filter=alike)

    def of_sitemap(self, page: Response) -> Iterator[Request]:
        """The product pages a sitemap names; of an index, the sitemaps it names."""
        index, places = links.of_sitemap(page)
        if index:
            yield from (self.listing(place, self.of_sitemap) for place in places)
            return
        wanted = re.compile(self.shop.product_url)
        products = [place for place in places if wanted.search(place)]
        if not products:
            raise Unreadable(
                f"names no product page: none of its {len(places)} URLs contains '{wanted.pattern}' (options: product_url)"
            )
        for place in products:
            yield from self.product(place)

    def of_category(self, page: Response) -> Iterator[Request]:
        """The product pages a category links to, and its next page."""
        if not isinstance(page, TextResponse):
            raise Unreadable("is no page of a category")
        chosen = self.shop.product_links
        found = links.of_page(page, chosen or "a")
        wanted = re.compile(self.shop.product_url)
        products = found if chosen else [url for url in found if wanted.search(url)]
        if not products:
            how = f"'{chosen}' (options: product_links)" if chosen else f"'{wanted.pattern}' (options: product_url)"
            raise Unreadable(f"links to no product: nothing of its {len(found)} links fits {how}")
        for url in products:
            yield from self.product(url)
        for url in links.of_page(page, self.shop.next_page)[:1] if self.shop.next_page else ():
            yield self.category(url)

    def readings(self, page: TextResponse) -> Iterable[Reading]:
        """What each declared surface of a page says, the visible price first."""
        at = (self.observed_at or datetime.now(UTC)).astimezone(UTC)
        surfaces = self.shop.surfaces
        if "html" in surfaces:
            yield from visible.readings(page, self.shop.selectors, self.decimal)
        if "jsonld" in surfaces:
            yield from _jsonld(page, at)
        if "microdata" in surfaces:
            yield from schema_org.readings(inline.items(page), "microdata", at)
        if "meta" in surfaces and (tags := meta.reading(page, at)) is not None:
            yield tags

    def read(self, page: Response) -> Iterator[Row | Refused]:
        """A row for each offer on each surface. Unreadable when the page states no price at all."""
        found = self.found(page)
        if reason := _why_nothing(found):
            raise Unreadable(reason)
        for reading in found:
            if reading.refused:
                yield Refused(f"{page.url}#{reading.surface}", reading.refused)
            elif "price_text" in reading.fields:
                fields = {name: reading.fields[name] for name in _ORDER if name in reading.fields}
                yield self.raw(page, surface=reading.surface, location=_location(page), **fields)

    def explain(self, page: Response) -> Iterator[Reading]:
        """The readings of a page, also those that would not land; of a page without a price, the links it leads to."""
        found = self.found(page)
        yield from found
        if reason := _why_nothing(found):
            yield from self._leading(page)
            raise Unreadable(reason)

    def probe(self, url: str) -> Iterator[Request]:
        """As a product page: once for each store. Nothing is asked for when the options are wrong: that is told."""
        self.tally.lost += [f"{error.where}: {error.what}; {error.fix}" for error in self.mistakes]
        return iter(()) if self.mistakes else self.product(self.absolute(url))

    def found(self, page: Response) -> list[Reading]:
        """What a page says, identified, with numbers in the source's decimal sign.

        Raises TryAgain when it came empty, Unreadable when it is a captcha, a login wall or a soft 404.
        """
        if self.mistakes:
            raise self.mistakes[0]
        if not isinstance(page, TextResponse) or not page.body.strip():
            raise TryAgain("the page is empty")
        found = self.identified(page, [reading.with_decimal(self.decimal) for reading in self.readings(page)])
        priced = {reading.surface for reading in found if "price_text" in reading.fields}
        if kind := walls.wall(page, stated="markup" if priced - {"html"} else "visible" if priced else None):
            raise Unreadable(walls.WORDS[kind], kind)
        return found

    def _leading(self, page: Response) -> Iterator[Reading]:
        """What a page would lead to, were it declared as a category or a sitemap."""
        for kind, follow in (("category", self.of_category), ("sitemap", self.of_sitemap)):
            try:
                requests = list(follow(page))
            except Unreadable:
                continue
            products = [request.url for request in requests if not request.cb_kwargs["many"]]
            further = [request.url for request in requests if request.cb_kwargs["many"]]
            notes = [f"as a {kind} it leads to {len(products)} product pages: {', '.join(products[:3])} ..."] if products else []
            notes += [f"as a {kind} it goes on at {further[0]}"] if further else []
            yield Reading("links", notes=notes)
            return

    def identified(self, page: Response, found: list[Reading]) -> list[Reading]:
        """The readings with the product's id: the one in the URL where that is declared, else what the page says elsewhere.

        A page that shows one price beside the markup of several variants shows that of the variant whose URL it has.
        """
        pattern = self.shop.id_in_url
        for reading in found:
            own = re.search(pattern, page.urljoin(reading.url) if reading.url else page.url) if pattern else None
            if own:
                reading.fields["external_id"] = own[1] if own.re.groups else own[0]
                reading.origins["external_id"] = "the URL (options: id_in_url)"
        named = [reading for reading in found if "external_id" in reading.fields]
        here = canonicalize_url(page.url)
        chosen = [reading for reading in named if reading.url and canonicalize_url(page.urljoin(reading.url)) == here]
        ids = {reading.fields["external_id"] for reading in chosen or named}
        if len(ids) == 1:
            said = (chosen or named)[0]
            for reading in found:
                reading.put("external_id", said.fields["external_id"], f"{said.surface}: {said.origins['external_id']}")
        for reading in found:
            if len(ids) > 1 and "price_text" in reading.fields and "external_id" not in reading.fields:
                reading.refused = reading.refused or (
                    f"shows a price without saying of which of {len(ids)} variants (options: product_id, variant, id_in_url)"
                )
        return found


def _why_nothing(found: list[Reading]) -> str | None:
    """Why nothing of a page would land, in words; None when something would."""
    if any("price_text" in reading.fields and not reading.refused for reading in found):
        return None
    if refused := [reading.refused for reading in found if reading.refused]:
        return "; ".join(dict.fromkeys(refused))
    said = "; ".join(dict.fromkeys(note for reading in found for note in reading.notes))
    return f"no price on the page, neither visible nor in its markup{f': {said}' if said else ''}"


def _jsonld(page: TextResponse, at: datetime) -> Iterator[Reading]:
    roots = []
    for block in jsonld.blocks(page):
        roots += [(block.name, value) for value in block.values]
        if block.problem or block.mended:
            notes = [f"{block.name} is broken and was mended"] if block.mended else []
            yield Reading("jsonld", notes=notes, refused=block.problem)
    yield from schema_org.readings(roots, "jsonld", at)


def _location(page: Response) -> str | None:
    return page.meta.get("location") if page.request else None


def _headers(store: Store) -> dict[str, str]:
    cookies = "; ".join(f"{name}={value}" for name, value in store.cookies.items())
    return store.headers | ({"Cookie": cookies} if cookies else {})
