"""A webshop, crawled and read by declaration. What people see and what its markup says are rows of their own.

Options of the source (all of them, with examples: `docs/websites.md`):

- where to start: `sitemap` (one or several; /sitemap.xml by default), `categories` with `product_links` and `next_page`, `urls`,
  `url_file` (a list of URLs, or a column of the catalogue's file);
- `product_url`: a regular expression that a product's URL contains (default /p/); `id_in_url`: its id there, as a group;
- `surfaces`: html, jsonld, microdata, meta (default: all); CSS selectors of what people see: `price`, `was_price`,
  `member_price`, `unit_price`, `promotion_label`, `availability`, `shipping`, `variant` ...;
- `stores`: cookies, headers or URL parameters that choose a store or region, and the `location` its rows get.
"""

from __future__ import annotations

from pricewatch.collect.shop.spider import ShopSpider


class Webshop(ShopSpider):
    """Product pages of a webshop."""

    name = "webshop"
