"""An app's product API: JSON pages, `GET <url>?page=1&per_page=100`, until the last page it announces.

Options of the source: `per_page` (default 100), `products` and `pages` (where in the answer the list and the number of pages
are, as `key` or `key.key`), `fields` (our column: where in a product it is).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy.http import Request, Response
from w3lib.url import add_or_replace_parameters

from pricewatch.collect.spider import PriceSpider, Refused, Row, TryAgain, Unreadable

FIELDS = {
    "external_id": "id",
    "gtin": "gtin",
    "name": "name",
    "price_text": "price_minor",
    "was_price_text": "was_price_minor",
    "member_price_text": "member_price_minor",
    "currency": "currency",
    "availability": "available",
    "promotion_label": "promotion_label",
}


class AppApi(PriceSpider):
    """Products of a paginated JSON API."""

    name = "app_api"

    async def start(self) -> AsyncIterator[Request]:
        """The first page."""
        yield self.page(self._url(1), follow=self.further_pages, many=True)

    def further_pages(self, page: Response) -> Iterator[Request]:
        """The pages after the first, as many as it announces."""
        announced = _at(_answer(page), str(self.options.get("pages", "pages")))
        if announced is None or not announced.isdigit():
            raise Unreadable(
                f"does not say how many pages there are: no number '{self.options.get('pages', 'pages')}' (options: pages)"
            )
        yield from (self.page(self._url(number), many=True) for number in range(2, int(announced) + 1))

    def read(self, page: Response) -> Iterator[Row | Refused]:
        """A row for each product; one without an id or a price is refused."""
        where = str(self.options.get("products", "products"))
        products = _value(_answer(page), where)
        if not isinstance(products, list):
            raise Unreadable(f"holds no list '{where}' (options: products)")
        fields = FIELDS | self.options.get("fields", {})
        for index, product in enumerate(products):
            ref = f"#/{where.replace('.', '/')}/{index}"
            row = {ours: _at(product, theirs) for ours, theirs in fields.items()}
            lacking = [fields[name] for name in ("external_id", "price_text") if not row[name]]
            if lacking:
                as_it_came = json.dumps(product, ensure_ascii=False)
                yield Refused(page.url + ref, f"a product without {' and '.join(lacking)}", as_it_came)
            else:
                yield self.raw(page, ref=ref, surface="api", **row)

    def _url(self, number: int) -> str:
        per_page = str(self.options.get("per_page", 100))
        return add_or_replace_parameters(self.base_url, {"page": str(number), "per_page": per_page})


def _answer(page: Response) -> Any:
    """The page as JSON; numbers stay the text they were written as."""
    try:
        return json.loads(page.body, parse_float=str, parse_int=str)
    except ValueError:
        raise TryAgain("the answer is no JSON") from None


def _value(node: Any, path: str) -> Any:
    """What stands at `key.key` of a JSON object; None when nothing does."""
    for key in path.split("."):
        node = node.get(key) if isinstance(node, dict) else None
    return node


def _at(node: Any, path: str) -> str | None:
    """The text at a path; true and false in JSON's words."""
    value = _value(node, path)
    return str(value).lower() if isinstance(value, bool) else value if isinstance(value, str) else None
