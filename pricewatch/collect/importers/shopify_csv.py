"""Shopify's export of products (CSV), old and new headers: a product spans rows, and each row with a price is a variant.

    URL handle,Title,Option1 value,SKU,Price,Compare-at price,Product image URL
    tea,Green tea,50 g,T50,4.90,5.90,https://...        a variant, and what the product is called
    tea,,100 g,T100,8.90,,                              a variant
    tea,,,,,,https://...                                an image: no offer

Prices are major units with a decimal point, without a currency. With Shopify Markets a country may have prices of its own
(`Price / France`); where such a cell is empty, Shopify converts the price at checkout, and the file does not say what it becomes.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from pricewatch.collect import headed
from pricewatch.collect.gathered import Gathered, Options, declared
from pricewatch.collect.importers import Reading, importer
from pricewatch.collect.unpack import unpacked
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source


class ShopifyCsv(Options):
    """Which of several prices are meant."""

    shopify_market: str | None = Field(
        None, description="market whose columns count, as in the header, for example France; null = none"
    )


_COLUMNS = ("sku", "gtin", "name", "price_text", "was_price_text", "availability")
_OLD = {
    "handle": "url handle", "variant sku": "sku", "variant barcode": "barcode", "variant price": "price",
    "variant compare at price": "compare-at price", "variant inventory qty": "inventory quantity",
    "variant inventory policy": "continue selling when out of stock", "variant inventory tracker": "inventory tracker",
    "published": "published on online store",
}  # fmt: skip
"""Names of the old headers, and what the new ones call the same thing."""
_OPTIONS = ("option1 value", "option2 value", "option3 value")


def _recognises(name: str, head: bytes) -> bool:
    if bool(head) and ("shopify" in name.lower() or name.lower().startswith("products_export")):
        return True
    first = head.partition(b"\n")[0].lower()
    return b"handle" in first and (b"option1 value" in first or b"variant" in first or b"compare-at price" in first)


def _column(header: str) -> str:
    """The new header's name in lower case: `Variant SKU` is `sku`, `Price/France` is `price / france`."""
    name = " / ".join(part.strip() for part in header.lower().split("/"))
    return _OLD.get(name, name)


@importer("shopify_csv", recognises=_recognises)
def shopify_csv(path: Path, ref: str, source: Source) -> Reading:
    """One row of every variant that is on sale, all String.

    Left out: rows of images, products that are drafts, archived or not published, and those that the market does not include.
    Refused one by one: a variant without a price, with neither SKU nor barcode, or whose product's first row is missing.
    Raises SourceError for a file without its columns.
    """
    if source.feeds != "offers":
        raise SourceError(f"shopify_csv files hold no {source.feeds}", f"source '{source.id}'", "feed offers")
    market = (declared(ShopifyCsv, source).shopify_market or "").strip().lower()
    suffix = f" / {market}" if market else ""
    needed = [("url handle",), ("sku", "barcode"), (f"price{suffix}",)]
    gathered = Gathered(_COLUMNS)
    product: headed.Row = {}
    for at, row in headed.rows(unpacked(path, ref), ref, source, gathered, separator=",", needed=needed, spelled=_column):
        if row["url handle"] != product.get("url handle"):
            # What is said of the whole product stands in its first row.
            product = row
        if product.get("title", "") is None and _is_variant(row):
            # Whether the product is on sale at all stood in the row that is missing.
            gathered.refuse(at, "the first row of its product is missing or was refused", row)
            continue
        if not _on_sale(product, row, suffix) or not _is_variant(row):
            continue
        sku, barcode = _unguarded(row.get("sku")), _unguarded(row.get("barcode"))
        price = row[f"price{suffix}"]
        if price is None:
            reason = (
                "states no price" if not market else f"states no price for the market {market}: Shopify converts it at checkout"
            )
            gathered.refuse(at, reason, row)
        elif sku is None and barcode is None:
            gathered.refuse(at, "has neither SKU nor barcode", row)
        else:
            gathered.add(
                at,
                {
                    "sku": sku,
                    "gtin": barcode,
                    "name": _name(product, row),
                    "price_text": price,
                    "was_price_text": row.get(f"compare-at price{suffix}"),
                    "availability": _availability(row),
                },
            )
    return gathered.reading()


def _is_variant(row: headed.Row) -> bool:
    """Whether a row is more than one image of a product."""
    said = ("sku", "barcode", "price", *_OPTIONS)
    return any(row.get(name) is not None for name in said)


def _on_sale(product: headed.Row, row: headed.Row, suffix: str) -> bool:
    """Whether the shop sells it, on the market; what is not stated is so."""
    status = (product.get("status") or "active").lower()
    published = (product.get("published on online store") or "true").lower()
    included = (row.get(f"included{suffix}") or product.get(f"included{suffix}") or "true").lower() if suffix else "true"
    return status == "active" and published == "true" and included == "true"


def _unguarded(text: str | None) -> str | None:
    """An identifier without the apostrophe that keeps spreadsheets from making a number of it: `'0123`."""
    return None if text is None else text.removeprefix("'").strip() or None


def _name(product: headed.Row, row: headed.Row) -> str | None:
    options = [row.get(name) for name in _OPTIONS]
    told = [option for option in options if option is not None and option != "Default Title"]
    title = product.get("title")
    return f"{title} ({', '.join(told)})" if title is not None and told else title


def _availability(row: headed.Row) -> str | None:
    """In stock or not, where Shopify counts the stock and says how much there is."""
    quantity = row.get("inventory quantity")
    if row.get("inventory tracker") is None or quantity is None or not quantity.removeprefix("-").isdecimal():
        return None
    oversold = (row.get("continue selling when out of stock") or "deny").lower() in ("continue", "true")
    return "true" if oversold or not (quantity.startswith("-") or set(quantity) == {"0"}) else "false"
