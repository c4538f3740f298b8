"""What a product page says, in each of the places where it says it. Pure: a page in, `Reading`s out, so a saved page is a test.

```
reading.py      Reading: one offer on one surface, each field with where it came from, and what was left out and why
jsonld.py       the JSON-LD blocks of a page: found, read, mended where that is safe, else said to be broken
inline.py       microdata and RDFa Lite: the same vocabulary in the attributes of the page
schema_org.py   products, variants and offers of that vocabulary -> readings (surfaces jsonld and microdata)
prices.py       the roles of an offer's prices: current, struck through, members', per unit, for many
meta.py         OpenGraph and product meta tags (surface meta)
visible.py      what people see, by CSS selectors (surface html)
amounts.py      money in a text, the unit price and its base, split cents
walls.py        pages that are no product page: login, captcha, soft 404
```
A channel may contradict itself: every surface is a reading of its own, and which one wins is decided later.
"""
