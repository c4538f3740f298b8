"""Offer pages with several sellers: which pages is a webshop's matter (`collect.shop`), whose offers they are is told here.

```
options.py     what a source declares: our own names, rows of offers, who holds the buy box, free shipping in words
rows.py        rows of offers that people see -> readings
spider.py      the crawl: rows, JSON-LD with sellers, or a JSON answer for each product
```
An offer without a seller is nobody's on a marketplace: it is never taken for our own. Manual: `docs/marketplaces.md`.
"""
