"""What a product page says, shared by the spiders: JSON-LD for machines, and the price that people see.

Both are given as separate rows (`surface`): a shop's markup and its visible price may contradict each other, and which one
wins is decided later, where it can be argued with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from extruct.jsonld import JsonLdExtractor
from parsel import Selector, SelectorList
from scrapy.http import TextResponse

from pricewatch.collect.spider import Unreadable

SELECTORS: dict[str, str] = {
    "product": "article.product, [data-product-id], [itemtype*='schema.org/Product']",
    "product_id": "data-product-id",
    "name": "h1, [itemprop=name]",
    "gtin": ".gtin, [itemprop^=gtin]",
    "price": ".price",
    "price_markup": "[itemprop=price]",
    "was_price": ".was-price",
    "member_price": ".member-price",
    "promotion_label": ".promotion-label",
    "availability": ".availability",
}
"""CSS selectors inside the product element, and the attribute with its id. A source's `options` override them one by one."""

_SCRIPT = b"application/ld+json"
_MONEY = re.compile(
    r"(?:[A-Z]{3}\s?|[^\w\s.,;:()/%+*-]\s?)?\d(?:[\d.,'’]|\s(?=\d{3}\b))*(?:\s?(?:[A-Z]{3}\b|[€£¥₹₽₺₩₫฿]|zł|kr|Kč|Ft|lei|лв))?"
)
_GTINS = ("gtin", "gtin14", "gtin13", "gtin12", "gtin8")


def offers_in_jsonld(page: TextResponse) -> Iterator[dict[str, str | None]]:
    """One row of fields for each offer of each product in the page's JSON-LD: current price, never a range's `lowPrice`.

    Fields: external_id (the shop's own `sku`), gtin, name, price_text, was_price_text, member_price_text, currency,
    availability, seller, tax_included. Offers without a price of their own give nothing. Broken JSON-LD gives nothing.
    """
    for block in _blocks(page):
        for product in _products(block):
            shared = {
                "external_id": _text(product.get("sku")) or _text(product.get("productID")),
                "gtin": next((_text(product[key]) for key in _GTINS if product.get(key)), None),
                "name": _text(product.get("name")),
            }
            for offer in _offers(product.get("offers")):
                prices = _prices(offer)
                if prices.get("price_text") is None:
                    continue
                seller = offer.get("seller")
                own_gtin = next((_text(offer[key]) for key in _GTINS if offer.get(key)), None)
                yield {
                    **shared,
                    "external_id": _text(offer.get("sku")) or shared["external_id"],
                    "gtin": own_gtin or shared["gtin"],
                    **prices,
                    "availability": (_text(offer.get("availability")) or "").rsplit("/", 1)[-1] or None,
                    "seller": _text(seller.get("name")) if isinstance(seller, dict) else _text(seller),
                    "tax_included": _text(offer.get("valueAddedTaxIncluded")),
                }


def visible_offer(page: TextResponse, options: Mapping[str, Any]) -> dict[str, str | None] | None:
    """The price that people see, as fields of one row; None when the page shows none.

    Struck-through text inside the price is not the price. Raises Unreadable when the page shows two prices for one product.
    """
    selectors = SELECTORS | {key: str(value) for key, value in options.items() if key in SELECTORS}
    found = page.css(selectors["product"])
    product: Selector = found[0] if found else page.selector
    price = _one(product.css(selectors["price"]), "price") or _one(product.css(selectors["price_markup"]), "price_markup")
    if price is None:
        return None
    member = _one(product.css(selectors["member_price"]), "member_price")
    return {
        "external_id": product.attrib.get(selectors["product_id"]),
        "gtin": _first(product.css(selectors["gtin"])),
        "name": _first(product.css(selectors["name"])),
        "price_text": price,
        "was_price_text": _first(product.css(selectors["was_price"])),
        "member_price_text": money_in(member) if member else None,
        "promotion_label": _first(product.css(selectors["promotion_label"])),
        "availability": _first(product.css(selectors["availability"])),
    }


def money_in(text: str) -> str:
    """The part of a text that looks like money: `$2.49` of `$2.49 with card`; the whole text when nothing does."""
    found = _MONEY.search(text)
    return " ".join(found.group().split()) if found else text


def _blocks(page: TextResponse) -> Iterator[Any]:
    """The page's JSON-LD blocks. By byte search and plain JSON where that works, forty times faster; else by a tolerant parser.

    Numbers stay the text they were written as: 2.90 is not 2.9.
    """
    body, at, blocks = page.body, 0, []
    while (at := body.find(_SCRIPT, at)) >= 0:
        start, end = body.find(b">", at) + 1, body.find(b"</script", at)
        try:
            if not start or end < start:
                raise ValueError("a script without an end")
            blocks.append(json.loads(body[start:end].decode(page.encoding), parse_float=str, parse_int=str))
        except ValueError:
            yield from _tolerant(page)
            return
        at = end
    yield from blocks


def _tolerant(page: TextResponse) -> list[Any]:
    """JSON-LD with comments, trailing newlines in text and the like; an irreparable page gives nothing."""
    try:
        found = JsonLdExtractor().extract(page.text)
        return list(json.loads(json.dumps(found), parse_float=str, parse_int=str))
    except (ValueError, TypeError):
        return []


def _products(node: Any) -> Iterator[dict[str, Any]]:
    """Products at the top, in a list, in `@graph`, as `mainEntity`, or as a group's variants; not those it only refers to."""
    if isinstance(node, list):
        for part in node:
            yield from _products(part)
    elif isinstance(node, dict):
        kinds = node.get("@type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if "Product" in kinds or "IndividualProduct" in kinds:
            yield node
        for key in ("@graph", "mainEntity", "hasVariant"):
            yield from _products(node.get(key))


def _offers(node: Any) -> Iterator[dict[str, Any]]:
    """Single offers; of an AggregateOffer only the offers inside it, its range is nobody's price."""
    if isinstance(node, list):
        for part in node:
            yield from _offers(part)
    elif isinstance(node, dict):
        if node.get("@type") == "AggregateOffer":
            yield from _offers(node.get("offers"))
        else:
            yield node


def _prices(offer: dict[str, Any]) -> dict[str, str | None]:
    """An offer's prices by role: the current one, struck through, members'. Quantity prices are nobody's price for one."""
    prices = {"price_text": _text(offer.get("price")), "currency": _text(offer.get("priceCurrency"))}
    parts = offer.get("priceSpecification")
    for part in parts if isinstance(parts, list) else [parts]:
        if not isinstance(part, dict) or _text(part.get("price")) is None or part.get("eligibleQuantity"):
            continue
        kind = (_text(part.get("priceType")) or "").rsplit("/", 1)[-1]
        if part.get("validForMemberTier"):
            role = "member_price_text"
        elif kind == "StrikethroughPrice":
            role = "was_price_text"
        elif kind in ("", "SalePrice"):
            role = "price_text"
        else:
            continue
        prices[role] = prices.get(role) or _text(part["price"])
        prices["currency"] = prices["currency"] or _text(part.get("priceCurrency"))
    return prices


def _text(value: Any) -> str | None:
    """A JSON value as text; null, empty text, objects and lists say nothing."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip() or None if isinstance(value, str | int | float) else None


def _one(found: SelectorList[Selector], what: str) -> str | None:
    """The one text that all matching elements show; None when there is none."""
    texts = list(dict.fromkeys(text for text in map(_shown, found) if text))
    if len(texts) > 1:
        raise Unreadable(f"shows {len(texts)} prices for one product; name the right one (options: {what})")
    return texts[0] if texts else None


def _first(found: SelectorList[Selector]) -> str | None:
    return next((text for text in (_shown(element, struck=True) for element in found) if text), None)


def _shown(element: Selector, *, struck: bool = False) -> str | None:
    """What people read in an element, blanks normalised; `content` of markup without text. `struck`: crossed-out text counts."""
    path = ".//text()" if struck else ".//text()[not(ancestor::s or ancestor::del or ancestor::strike)]"
    text = " ".join(" ".join(element.xpath(path).getall()).split())
    return text or element.attrib.get("content") or None
