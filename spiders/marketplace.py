"""A marketplace's offer pages: several sellers' offers of a product, our own told from theirs.

Options of the source (all of them, with examples: `docs/marketplaces.md`): those of `webshop` that say where to start, and

- `own_sellers`: names or ids of sellers that are us;
- `rows`: CSS selectors of offers one below the other (`row`, `seller`, `price`, `shipping`, `condition`, `buy_box` ...); without
  them the sellers of JSON-LD are read;
- `answer`: the pages are JSON, read by the paths of `app_api` (`{profile: amazon_offers}`);
- `buy_box_seller`: where a page names who holds the buy box.
"""

from __future__ import annotations

from pricewatch.collect.marketplace.spider import MarketplaceSpider


class Marketplace(MarketplaceSpider):
    """Offer pages with several sellers."""

    name = "marketplace"
