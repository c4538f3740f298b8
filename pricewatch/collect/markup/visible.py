"""What people see on a page, by CSS selectors. Struck-through text inside the price is not the price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parsel import Selector
from scrapy.http import TextResponse

from pricewatch.collect.markup.amounts import joined_cents, money_in, shown, unit_price
from pricewatch.collect.markup.reading import ZERO, Reading, is_zero

SELECTORS: dict[str, str] = {
    "product": "article.product, [data-product-id], [itemtype*='schema.org/Product']",
    "product_id": "data-product-id",
    "variant": "",
    "sku": "[itemprop=sku]",
    "name": "h1, [itemprop=name]",
    "gtin": ".gtin, [itemprop^=gtin]",
    "price": ".price",
    "price_markup": "[itemprop=price]",
    "regular_price": ".regular-price",
    "was_price": ".was-price",
    "member_price": ".member-price",
    "unit_price": ".unit-price",
    "unit_price_base": ".unit-price-base",
    "promotion_label": ".promotion-label",
    "availability": ".availability",
    "shipping": ".shipping",
    "seller": ".seller",
}
"""CSS selectors inside the product element, and the attribute with its id. A source's `options` override them one by one.

`variant` (none by default): elements inside the product that are offers of their own, each with its id and price.
"""

_MONEY = {"regular_price": "regular_price_text", "was_price": "was_price_text", "member_price": "member_price_text"}
_MONEY |= {"shipping": "shipping_text"}
_TEXT = ("name", "gtin", "promotion_label", "availability", "seller")
_SHARED = ("name", "promotion_label", "availability", "shipping_text", "seller")


def readings(page: TextResponse, options: Mapping[str, Any], decimal: str) -> Iterator[Reading]:
    """The offers that people see: one, or one for each variant. Nothing where no price is shown.

    A reading is refused where two prices are shown for one product, or a price of zero. `decimal`: the source's decimal sign.
    """
    selectors = SELECTORS | {key: str(value) for key, value in options.items() if key in SELECTORS}
    found = page.css(selectors["product"])
    product: Selector = found[0] if found else page.selector
    whole = _Element(product, selectors, decimal)
    variants = product.css(selectors["variant"]) if selectors["variant"] else None
    if not variants:
        reading = whole.reading()
        if reading is not None:
            yield reading
        return
    shared = Reading("html")
    whole.describe(shared)
    for variant in variants:
        reading = _Element(variant, selectors, decimal).reading()
        if reading is not None:
            for name in _SHARED:
                reading.put(name, shared.fields.get(name), shared.origins.get(name, ""))
            yield reading


class _Element:
    """A product's or a variant's element."""

    def __init__(self, element: Selector, selectors: Mapping[str, str], decimal: str) -> None:
        self.element, self.selectors, self.decimal = element, selectors, decimal

    def reading(self) -> Reading | None:
        """What it shows; None where it shows no price."""
        reading = Reading("html")
        for option in ("price", "price_markup"):
            selector = self.selectors[option]
            texts = list(dict.fromkeys(filter(None, (self._price(found) for found in self._found(option)))))
            if len(texts) > 1:
                reading.refused = f"shows {len(texts)} prices for one product; name the right one (options: {option})"
                return reading
            if texts:
                reading.put("price_text", texts[0], f"{selector} (options: {option})")
                break
        else:
            return None
        if is_zero(reading.fields["price_text"]):
            reading.refused = f"shows {ZERO}"
        self.describe(reading)
        return reading

    def describe(self, reading: Reading) -> None:
        """Everything beside the price."""
        attribute = self.selectors["product_id"]
        reading.put("external_id", self.element.root.get(attribute), f"the attribute {attribute}")
        reading.put("external_id", self._first("sku"), self.selectors["sku"])
        for name in _TEXT:
            reading.put(name, self._first(name), f"{self.selectors[name]} (options: {name})")
        for option, name in _MONEY.items():
            written = self._first(option)
            if written and not is_zero(written):
                reading.put(name, money_in(joined_cents(written, self.decimal)), f"{self.selectors[option]} (options: {option})")
        if (written := self._first("unit_price")) is not None:
            price, base = unit_price(written)
            origin = f"{self.selectors['unit_price']} (options: unit_price)"
            reading.put("unit_price_text", price, origin)
            reading.put("unit_price_base", self._first("unit_price_base") or base, origin)

    def _found(self, option: str) -> Sequence[Selector]:
        """The elements of an option; none where it is switched off with an empty selector."""
        return self.element.css(self.selectors[option]) if self.selectors[option] else ()

    def _price(self, found: Selector) -> str | None:
        if found.root.tag in ("meta", "link"):
            return None  # people see none of it
        text = shown(found, decimal=self.decimal)
        return joined_cents(text, self.decimal) if text else None

    def _first(self, option: str) -> str | None:
        texts = (shown(found, struck=True, decimal=self.decimal) for found in self._found(option))
        return next(filter(None, texts), None)
