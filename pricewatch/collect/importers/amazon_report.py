"""Amazon's listings and pricing reports (TSV): what we offer there, one row a SKU.

    GET_MERCHANT_LISTINGS_ALL_DATA     seller-sku, price, quantity, asin1, product-id, product-id-type, item-condition, status
    GET_FLAT_FILE_OPEN_LISTINGS_DATA   sku, asin, price, quantity, business price, quantity price 1 ...
    fee preview of FBA                 sku, asin, your-price, sales-price, currency

`price` (`your-price`) is what one costs without a sale; `sales-price` is what it costs now. A listing has no currency: the source
or its market declares it. Business and quantity prices are nobody's price for one. Quotes mean nothing: `12" pan` is a name.
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


class AmazonReport(Options):
    """Which listings are meant."""

    conditions: tuple[str, ...] = Field(("11", "new"), description="item-condition of new goods; other listings are left out")


_COLUMNS = (
    "external_id", "sku", "gtin", "name", "regular_price_text", "price_text", "was_price_text", "currency", "availability",
)  # fmt: skip
_NAMES = {
    "sku": "seller-sku", "merchant-sku": "seller-sku", "asin": "asin1", "product-name": "item-name", "your-price": "price",
    "sale-price": "sales-price", "currency-code": "currency", "listing-status": "status", "afn-listing-status": "status",
    "condition": "item-condition",
}  # fmt: skip
"""What other reports call the columns of the listings report."""
_ASIN, _GTINS = "1", ("3", "4")
"""`product-id-type`: 1 ASIN, 2 ISBN, 3 UPC, 4 EAN."""


def _recognises(name: str, head: bytes) -> bool:
    first = head.partition(b"\n")[0].lower()
    columns = b"seller-sku" in first or (b"your-price" in first and b"asin" in first)
    named = ("get_merchant_listings", "get_flat_file_open_listings", "amazon")
    return (b"\t" in first and columns) or (bool(head) and name.lower().startswith(named))


def _column(header: str) -> str:
    """A column's name in the listings report: `Quantity Price 1` is `quantity-price-1`, `sku` is `seller-sku`."""
    name = header.strip().lower().replace(" ", "-").replace("_", "-")
    return _NAMES.get(name, name)


@importer("amazon_report", recognises=_recognises)
def amazon_report(path: Path, ref: str, source: Source) -> Reading:
    """One row of every active listing of new goods, all String.

    Left out: inactive and incomplete listings, used goods. Refused one by one: a listing without SKU or without price. Raises
    SourceError for a file without its columns, or in another encoding than declared.
    """
    if source.feeds != "offers":
        raise SourceError(f"amazon_report files hold no {source.feeds}", f"source '{source.id}'", "feed offers")
    new = {condition.lower() for condition in declared(AmazonReport, source).conditions}
    gathered = Gathered(_COLUMNS)
    needed = [("seller-sku",), ("price",)]
    data = unpacked(path, ref)
    for at, row in headed.rows(data, ref, source, gathered, separator="\t", needed=needed, spelled=_column, quote=None):
        if (row.get("status") or "active").lower() != "active" or not _is_new(row.get("item-condition"), new):
            continue
        sku, price, sale = row["seller-sku"], row["price"], row.get("sales-price")
        if sku is None or price is None:
            gathered.refuse(at, f"states no {'SKU' if sku is None else 'price'}", row)
            continue
        number, kind = row.get("product-id"), row.get("product-id-type")
        # The fee preview repeats the price as sales price where nothing is on sale.
        reduced = sale is not None and sale != price
        gathered.add(
            at,
            {
                "external_id": row.get("asin1") or (number if kind == _ASIN else None),
                "sku": sku,
                "gtin": number if kind in _GTINS else None,
                "name": row.get("item-name"),
                "regular_price_text": price,
                "price_text": sale or price,
                "was_price_text": price if reduced else None,
                "currency": row.get("currency"),
                "availability": _availability(row),
            },
        )
    return gathered.reading()


def _is_new(condition: str | None, new: set[str]) -> bool:
    """Whether goods are new; reports without a condition do not tell used goods apart."""
    return condition is None or condition.lower() in new


def _availability(row: headed.Row) -> str | None:
    """In stock where we send it ourselves; what Amazon sends (FBA) has no quantity here."""
    quantity = row.get("quantity")
    if quantity is None or not quantity.isdecimal() or (row.get("fulfillment-channel") or "DEFAULT").upper() != "DEFAULT":
        return None
    return "false" if set(quantity) == {"0"} else "true"
