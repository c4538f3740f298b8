"""Rows of offers that people see on a page, each a reading with who sells; shipping in words and in money."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from parsel import Selector
from scrapy.http import TextResponse

from pricewatch.collect.marketplace.options import Marketplace, Rows
from pricewatch.collect.markup.amounts import joined_cents, money_in, shown
from pricewatch.collect.markup.reading import Reading, is_zero

_MONEY = {
    "regular_price": "regular_price_text",
    "was_price": "was_price_text",
    "member_price": "member_price_text",
    "points": "points_text",
}
_WORD = re.compile(r"[^\W\d_]+")


def readings(page: TextResponse, market: Marketplace, rows: Rows, decimal: str) -> Iterator[tuple[Reading, str | None]]:
    """Every row's offer, and its seller's id. Used goods give a reading with a note and no price."""
    for number, row in enumerate(page.css(rows.row), 1):
        yield _reading(row, number, market, rows, decimal), _text(row, rows.seller_id, decimal)


def _reading(row: Selector, number: int, market: Marketplace, rows: Rows, decimal: str) -> Reading:
    reading = Reading("html")
    condition = _text(row, rows.condition, decimal)
    if condition and not _said(condition, market.new):
        reading.notes.append(f"offer {number} is {condition}, not new")
        return reading
    texts = list(dict.fromkeys(joined_cents(text, decimal) for text in _all(row, rows.price, decimal, struck=False)))
    if len(texts) != 1:
        shows = f"shows {len(texts)} prices" if texts else "shows no price"
        reading.refused = f"offer {number} {shows} (options: rows.price)"
        return reading
    if is_zero(texts[0]):
        reading.refused = f"offer {number} shows a price of zero"
        return reading
    reading.put("price_text", texts[0], f"{rows.price} (options: rows.price)")
    for option in ("seller", "availability", "promotion_label"):
        reading.put(option, _text(row, getattr(rows, option), decimal), f"{getattr(rows, option)} (options: rows.{option})")
    for option, name in _MONEY.items():
        text = _text(row, getattr(rows, option), decimal)
        if text and not is_zero(text):
            reading.put(name, money_in(joined_cents(text, decimal)), f"{getattr(rows, option)} (options: rows.{option})")
    written = _text(row, rows.shipping, decimal)
    if written:
        cost = shipping(written, market.free_shipping, decimal)
        reading.put("shipping_text", cost, f"{rows.shipping} (options: rows.shipping)")
        if cost is None:
            reading.notes.append(f"offer {number}: shipping '{written}' is no price for one")
    if rows.buy_box:
        reading.put("buy_box", "true" if row.css(rows.buy_box) else "false", f"{rows.buy_box} (options: rows.buy_box)")
    return reading


def shipping(text: str, free: Sequence[str], decimal: str) -> str | None:
    """What shipping costs, as written: `2,99 €` of `+ 2,99 € Versand`, `0` of `FREE delivery`.

    `Free from 35 €` depends on the basket, and `see terms` says nothing: null.
    """
    digits = any(letter.isdigit() for letter in text)
    if _said(text, free):
        return None if digits and not is_zero(money_in(text)) else "0"
    return money_in(joined_cents(text, decimal)) if digits else None


def _said(text: str, words: Sequence[str]) -> bool:
    return bool({word.casefold() for word in _WORD.findall(text)} & {word.casefold() for word in words})


def _text(row: Selector, selector: str | None, decimal: str) -> str | None:
    return next(iter(_all(row, selector, decimal)), None) if selector else None


def _all(row: Selector, selector: str, decimal: str, *, struck: bool = True) -> list[str]:
    """The texts of a selector's elements or attributes, blanks normalised."""
    found = row.css(selector)
    if "::" in selector:
        return [plain for text in found.getall() if (plain := " ".join(text.split()))]
    return [text for element in found if (text := shown(element, struck=struck, decimal=decimal))]
