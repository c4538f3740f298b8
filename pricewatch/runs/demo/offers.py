"""What each channel shows on one night before anything is planted, and with the night's faults planted.

Three small tables by channel. web and app: product_id, sku, gtin, name, category, price, was_price, member_price, label,
markup_price (what the page's JSON-LD says). marketplace: product_id, gtin, seller, price, shipping. Money is cents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pricewatch.runs.demo.chance import draw
from pricewatch.runs.demo.derive import Reference
from pricewatch.runs.demo.faults import Fault
from pricewatch.runs.demo.source import week_of

Row = dict[str, Any]
OWN_SELLER = "Corner Grocery"
OTHER_SELLERS = ("Bulk Barn Direct", "Pantry Partners", "Quick Basket")
ON_MARKETPLACE = 300


@dataclass(frozen=True)
class Night:
    """One night's offers by channel, with the faults that live that night."""

    night: date
    web: list[Row]
    app: list[Row]
    marketplace: list[Row]


def on_marketplace(carried: Sequence[int]) -> list[int]:
    """The products that are sold on the marketplace too: half of what the webshop carries, sorted."""
    return sorted(sorted(carried, key=lambda product: draw("marketplace", product, below=2**32))[:ON_MARKETPLACE])


def shop_rows(reference: Reference, weeks: pl.DataFrame, carried: pl.Series, night: date) -> list[Row]:
    """What webshop and app both show that night when nothing is wrong, by product."""
    week = weeks.filter(pl.col("week") == week_of(night), pl.col("product_id").is_in(carried.implode()))
    named = reference.products.select("product_id", "sku", "gtin", "name", "category")
    rows = week.join(named, on="product_id", how="left").sort("product_id").drop("week", "list_price")
    return rows.with_columns(markup_price=pl.col("price")).to_dicts()


def marketplace_rows(shown: Sequence[Row], products: Sequence[int]) -> list[Row]:
    """Our offers at the webshop's price, a few with a little shipping that the corridor allows, and other sellers' offers."""
    rows: list[Row] = []
    for row in shown:
        product, price = row["product_id"], row["price"]
        if product not in products:
            continue
        ships = price >= 400 and draw("ships", product, below=4) == 0
        shipping = price * (1 + draw("shipping", product, below=5)) // 100 if ships else 0
        same = {"product_id": product, "sku": row["sku"], "gtin": row["gtin"]}
        rows.append({**same, "seller": OWN_SELLER, "price": price, "shipping": shipping})
        for seller in OTHER_SELLERS[: 1 + draw("sellers", product, below=3)]:
            percent = 92 + draw("rival", seller, product, below=34)
            rows.append({**same, "seller": seller, "price": max(1, price * percent // 100), "shipping": 199})
    return rows


def play_night(reference: Reference, weeks: pl.DataFrame, carried: pl.Series, night: date, faults: Sequence[Fault]) -> Night:
    """One night's offers on the three channels, faults planted."""
    right = shop_rows(reference, weeks, carried, night)
    sold = on_marketplace(carried.to_list())
    return Night(
        night,
        plant(right, faults, "web", night),
        plant(right, faults, "app", night),
        plant(marketplace_rows(right, sold), faults, "marketplace", night),
    )


def plant(rows: Sequence[Row], faults: Sequence[Fault], channel: str, night: date) -> list[Row]:
    """The rows as a channel shows them: those with a fault that lives that night are changed, or gone. Others' offers stay."""
    changes = {fault.product_id: fault.changes[night] for fault in faults if fault.channel == channel and night in fault.changes}
    planted: list[Row] = []
    for row in rows:
        change = changes.get(row["product_id"], {}) if row.get("seller", OWN_SELLER) == OWN_SELLER else {}
        if not change.get("missing"):
            planted.append({**row, **change})
    return planted
