"""JSON APIs by declaration: where in an answer the products are, what a page leads to, which profile knows a shop engine.

```
options.py     what a source declares under `options:`, merged over a profile; its mistakes in words
profiles/      one YAML file a shop engine: the same keys, ready-made
paths.py       where a value stands in an answer: `data.products.items[].variants[]`, `^name`, `prices.price`
records.py     an answer -> raw fields, or why not. Pure; files (importers/json_file.py) and crawls read alike
paging.py      an answer -> what to ask next: page, offset, cursor, link
spider.py      the crawl: requests, errors in a 200, pages that repeat, secrets that stay secret
```
"""
