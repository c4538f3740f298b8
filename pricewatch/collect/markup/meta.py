"""OpenGraph and product meta tags: `<meta property="product:price:amount" content="9.99">`.

Their roles are unreliable: `product:price:amount` is the regular price on some sites and the current one on others. So where a
sale price is named and in force it is the current price, and the other one is left out, never taken for the regular price.
"""

from __future__ import annotations

from datetime import UTC, datetime

from scrapy.http import TextResponse

from pricewatch.collect.markup.reading import ZERO, Reading, is_zero

_FIELDS = {
    "external_id": ("product:retailer_item_id", "product:retailer_part_no"),
    "gtin": ("product:gtin", "product:ean", "product:upc", "product:isbn", "og:upc", "og:ean"),
    "name": ("og:title",),
    "was_price_text": ("product:original_price:amount",),
    "currency": ("product:price:currency", "og:price:currency", "product:sale_price:currency"),
    "availability": ("product:availability", "og:availability"),
    "seller": ("product:retailer_title",),
}


def reading(page: TextResponse, at: datetime | None) -> Reading | None:
    """The page's product tags; None where they name no price. `at`: when the page was seen."""
    if b"price:amount" not in page.body:
        return None
    tags: dict[str, str] = {}
    for found in page.xpath("//meta[@content]"):
        tag = found.root  # not its `attrib`: a dictionary of all attributes fails where one has a name like '{'
        name = (tag.get("property") or tag.get("name") or tag.get("itemprop") or "").strip().lower()
        tags.setdefault(name, tag.get("content").strip())
    current = tags.get("product:price:amount") or tags.get("og:price:amount")
    sale = tags.get("product:sale_price:amount")
    if not current and not sale:
        return None
    read = Reading("meta")
    chosen = "product:sale_price:amount"
    if sale and not _in_force(tags, at):
        read.notes.append(f"meta product:sale_price:amount: {sale} is not in force when the page was seen")
        sale = None
    if not sale:
        chosen = "product:price:amount" if tags.get("product:price:amount") else "og:price:amount"
    price = sale or current
    if price and is_zero(price):
        read.refused = f"meta {chosen} states {ZERO}"
    elif price:
        read.put("price_text", price, f"meta {chosen}")
    if sale and current and current != sale:
        read.notes.append(f"meta product:price:amount: {current} stands beside a sale price; its role is not known")
    for name, keys in _FIELDS.items():
        for key in keys:
            read.put(name, tags.get(key), f"meta {key}")
    if read.fields.get("was_price_text") in (price, None):
        read.fields.pop("was_price_text", None)
    return read


def _in_force(tags: dict[str, str], at: datetime | None) -> bool:
    """Whether a sale price's window is open. What is no instant with a zone closes nothing."""
    since = _instant(tags.get("product:sale_price_dates:start") or tags.get("product:sale_price:start"))
    until = _instant(tags.get("product:sale_price_dates:end") or tags.get("product:sale_price:end"))
    return at is None or ((since is None or since <= at) and (until is None or at <= until))


def _instant(written: str | None) -> datetime | None:
    try:
        instant = datetime.fromisoformat(written or "")
    except ValueError:
        return None
    return instant.astimezone(UTC) if instant.tzinfo else None
