"""The crawl of a marketplace by declaration: what `spiders/marketplace.py` is.

Pages are found as a webshop's are (sitemaps, categories, URLs, a column of the catalogue's file). Each is read as declared: rows
of offers, JSON-LD with sellers, or a JSON answer. Item price and shipping are columns of their own: the landed price is made in
one place, where points count too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scrapy.http import TextResponse

from pricewatch.collect.api.options import Shape
from pricewatch.collect.api.records import Lacking, NotAsDeclared, NotJson, offers, parsed
from pricewatch.collect.marketplace import rows
from pricewatch.collect.marketplace.options import KEYS, Marketplace, declared
from pricewatch.collect.markup.amounts import shown
from pricewatch.collect.markup.reading import Reading
from pricewatch.collect.markup.visible import SELECTORS
from pricewatch.collect.sellers import alike, ours
from pricewatch.collect.shop.spider import ShopSpider
from pricewatch.collect.spider import TryAgain, Unreadable
from pricewatch.domain.errors import Problems, UserError


class MarketplaceSpider(ShopSpider):
    """Offer pages with several sellers, by the declared `options` (`options.Marketplace`, `shop.options.Shop`)."""

    def __init__(self, *, url: str, options: dict[str, Any] | None = None, **facts: Any) -> None:
        given = options or {}
        super().__init__(url=url, options={key: value for key, value in given.items() if key not in KEYS}, **facts)
        self.market, self.answer = Marketplace(), None
        try:
            self.market, self.answer = declared(given)
        except UserError as error:
            self.mistakes += error.problems if isinstance(error, Problems) else [error]

    def readings(self, page: TextResponse) -> Iterable[Reading]:
        """Every offer with its seller; our own has none. What names no seller is left out beside what does, and refused alone."""
        if self.answer is not None:
            yield from self._of_answer(page, self.answer)
            return
        found = list(self._of_page(page))
        holder = self._holder(page)
        holders = Counter(reading.surface for reading, _ in found if alike(reading.fields.get("seller"), holder))
        named = any(reading.fields.get("seller") for reading, _ in found)
        for reading, seller_id in found:
            seller = reading.fields.get("seller")
            nobodys = "price_text" in reading.fields and not reading.refused and not (seller or seller_id)
            if nobodys and self.market.unnamed == "refused":
                _unnamed(reading, beside=named)
            # Two sellers of one name: which of them holds it, the page does not say.
            if holder is not None and holders[reading.surface] < 2 and "price_text" in reading.fields:
                reading.put("buy_box", str(alike(seller, holder)).lower(), "options: buy_box_seller")
            if ours((seller, seller_id), self.market.own_sellers):
                reading.fields.pop("seller", None)
                reading.notes.append("our own offer")
            elif seller_id:
                reading.put("seller", seller_id, "options: rows.seller_id")
            yield reading

    def _of_page(self, page: TextResponse) -> Iterator[tuple[Reading, str | None]]:
        """Readings with their seller's id. Rows of offers take the place of the one price that a webshop's page shows."""
        declared_rows = self.market.rows
        if declared_rows is not None:
            about = self._about(page)
            for reading, seller_id in rows.readings(page, self.market, declared_rows, self.decimal):
                for name, text in about.items():
                    reading.put(name, text, f"options: {name}")
                yield reading, seller_id
        for reading in super().readings(page):
            if reading.surface != "html" or declared_rows is None:
                yield reading, None

    def _about(self, page: TextResponse) -> dict[str, str | None]:
        """Which product the rows are offers of, where its element says so (options: product, product_id, name, gtin)."""
        selectors = SELECTORS | self.shop.selectors
        product = next(iter(page.css(selectors["product"])), page.selector)
        told = {name: product.css(selectors[name]) for name in ("name", "gtin") if selectors[name]}
        about = {name: next(filter(None, map(shown, found)), None) for name, found in told.items()}
        return {"external_id": product.root.get(selectors["product_id"]), **about}

    def _holder(self, page: TextResponse) -> str | None:
        """Who holds the buy box, where the page names them."""
        selector = self.market.buy_box_seller
        if selector is None:
            return None
        found = page.css(selector)
        if "::" in selector:
            return " ".join((found.get() or "").split()) or None
        return next(filter(None, (shown(element, struck=True) for element in found)), None)

    def _of_answer(self, page: TextResponse, shape: Shape) -> Iterator[Reading]:
        """The offers of a JSON answer; each must name its seller or be our own."""
        today = (self.observed_at or datetime.now(UTC)).astimezone(ZoneInfo(shape.zone)).date()
        try:
            for found in offers(parsed(page.body), shape, asked={}, today=today, decimal=self.decimal):
                if isinstance(found, Lacking):
                    yield Reading("api", refused=f"{found.place}: {found.reason}")
                    continue
                reading = Reading("api")
                for name, text in found.fields.items():
                    reading.put(name, text, f"#{found.place} (options: answer.fields)")
                yield reading
        except NotJson as error:
            raise TryAgain(str(error)) from None
        except NotAsDeclared as error:
            raise Unreadable(str(error)) from None


def _unnamed(reading: Reading, *, beside: bool) -> None:
    """An offer of nobody: left out where others on the page say who sells, else refused, because it may be anybody's."""
    price = reading.fields.pop("price_text")
    if beside:
        reading.notes.append(f"{price} names no seller")
    else:
        reading.refused = "shows a price without saying who sells (options: rows, seller)"
