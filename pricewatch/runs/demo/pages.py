"""The demo shop's pages: what a customer reads, with the same said once more as JSON-LD.

A page says everything twice because real ones do; a planted fault can make the two differ (`markup_price`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from re import sub
from typing import Any

Row = Mapping[str, Any]
"""One product as `offers.Night.web` has it."""

ROBOTS = "User-agent: *\nDisallow: /checkout\n\nSitemap: {base}/sitemap.xml\n"
PER_PAGE = 100


@dataclass(frozen=True)
class Answer:
    """What the server sends: a status, a content type, a body."""

    status: int
    kind: str
    body: bytes


def money(cents: int) -> str:
    """Cents as the shop writes them: 299 is $2.99."""
    return f"${cents // 100}.{cents % 100:02d}"


def slug(category: str) -> str:
    """A category's place in a URL: `Frozen Pizza` is `frozen-pizza`."""
    return sub(r"[^a-z0-9]+", "-", category.lower()).strip("-")


def product_page(row: Row) -> str:
    """One product's page."""
    lines = [
        f'<article class="product" data-product-id="{row["product_id"]}"><h1>{escape(row["name"])}</h1>'
        f'<p class="gtin">{escape(row["gtin"])}</p>',
        f'<p class="price">{money(row["price"])}</p>',
    ]
    if row["was_price"] is not None:
        lines.append(f'<p class="was-price"><s>{money(row["was_price"])}</s></p>')
    if row["member_price"] is not None:
        lines.append(f'<p class="member-price">{money(row["member_price"])} with card</p>')
    if row["label"] is not None:
        lines.append(f'<p class="promotion-label">{escape(row["label"])}</p>')
    lines.append('<p class="availability">In stock</p></article>')
    markup = {
        "@context": "https://schema.org",
        "@type": "Product",
        "sku": str(row["product_id"]),
        "gtin13": row["gtin"],
        "name": row["name"],
        "offers": {
            "@type": "Offer",
            "price": money(row["markup_price"])[1:],
            "priceCurrency": "USD",
            "availability": "https://schema.org/InStock",
        },
    }
    # A "</" in a name would end the script element early.
    inside = json.dumps(markup).replace("<", "\\u003c")
    lines.append(f'<script type="application/ld+json">{inside}</script>')
    category = f'<nav><a href="/c/{slug(row["category"])}">{escape(row["category"])}</a></nav>'
    return document(row["name"], [category, *lines])


def document(title: str, body: Sequence[str]) -> str:
    """A whole HTML page."""
    head = f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} - Corner Grocery</title></head>'
    foot = '<footer><a href="/">Corner Grocery</a> <a href="/checkout">Checkout</a></footer></body></html>\n'
    return "\n".join([head, "<body>", *body, foot])


def link_list(title: str, links: Mapping[str, str]) -> str:
    """A page of links: text by address."""
    items = [f'<li><a href="{escape(address)}">{escape(text)}</a></li>' for address, text in links.items()]
    return document(title, [f"<h1>{escape(title)}</h1>", "<ul>", *items, "</ul>"])


def sitemap(addresses: Sequence[str]) -> str:
    """The sitemap of these addresses."""
    entries = "\n".join(f"<url><loc>{escape(address)}</loc></url>" for address in addresses)
    opening = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{opening}{entries}\n</urlset>\n"


def site(web: Sequence[Row], base: str) -> dict[str, Answer]:
    """Every page of the webshop by its path. `base` is the server's address, for the sitemap."""
    by_category: dict[str, list[Row]] = defaultdict(list)
    for row in web:
        by_category[row["category"]].append(row)
    categories = {f"/c/{slug(category)}": category for category in sorted(by_category)}
    pages = {
        "/": link_list("Corner Grocery", categories),
        "/checkout": document("Checkout", ["<h1>Checkout</h1>", "<p>Not for crawlers: robots.txt says so.</p>"]),
    }
    for path, category in categories.items():
        pages[path] = link_list(category, {f"/p/{row['product_id']}": row["name"] for row in by_category[category]})
    for row in web:
        pages[f"/p/{row['product_id']}"] = product_page(row)
    answers = {path: Answer(200, "text/html; charset=utf-8", page.encode()) for path, page in pages.items()}
    products = [f"{base}/p/{row['product_id']}" for row in web]
    answers["/sitemap.xml"] = Answer(200, "application/xml; charset=utf-8", sitemap(products).encode())
    answers["/robots.txt"] = Answer(200, "text/plain; charset=utf-8", ROBOTS.format(base=base).encode())
    return answers


def api_page(app: Sequence[Row], page: int, per_page: int) -> Answer:
    """One page of the app's products, prices in minor units; 404 beyond the last, 400 for a page that can't be."""
    pages = max(1, -(-len(app) // max(1, per_page)))
    if page < 1 or not 1 <= per_page <= PER_PAGE:
        return _json(400, {"error": f"page counts from 1, per_page goes up to {PER_PAGE}"})
    if page > pages:
        return _json(404, {"error": f"the last page is {pages}"})
    rows = app[(page - 1) * per_page : page * per_page]
    return _json(200, {"products": [_api_product(row) for row in rows], "page": page, "pages": pages})


def _api_product(row: Row) -> dict[str, Any]:
    return {
        "id": row["product_id"],
        "gtin": row["gtin"],
        "name": row["name"],
        "price_minor": row["price"],
        "was_price_minor": row["was_price"],
        "member_price_minor": row["member_price"],
        "currency": "USD",
        "available": True,
        "promotion_label": row["label"],
    }


def _json(status: int, value: object) -> Answer:
    return Answer(status, "application/json; charset=utf-8", json.dumps(value).encode())
