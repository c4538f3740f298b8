"""The crawl of a webshop by declaration: which pages (`options.py`, `links.py`), for which stores (`spider.py`).

What a page says is read by `pricewatch.collect.markup`. Manual: `docs/websites.md`.
"""
