"""An app's or a shop's product API: JSON pages by declaration, REST or GraphQL.

Options of the source (all of them, with examples: `docs/apis.md`):

- `profile`: a ready-made one (shopify, woocommerce, magento, vendure, saleor); the other keys override it;
- `products`, `fields`: where in an answer the list is and where in a product our columns are, as `key.key`; nested lists as
  `products[].variants[]`; by default those of the demo's app;
- `paging`: by page, offset, cursor or link; by default `{by: page, pages: pages}`;
- `implied_decimals`: prices are whole numbers with that many decimals (or the path of that number);
- `headers`, `secret_parameters`: tokens, as `${env:NAME}`; `parameters`; `each`: ask once with each of these;
- `graphql`: `{query: ..., variables: {...}}` is posted; `errors`: where a 200 tells of errors.
"""

from __future__ import annotations

from pricewatch.collect.api.spider import ApiSpider


class AppApi(ApiSpider):
    """Offers of a paginated JSON API."""

    name = "app_api"
