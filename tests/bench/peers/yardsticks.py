"""What the machine needs at least: reading, and reading with one join of text. They find nothing.

python -m tests.bench.peers.yardsticks scan WORLD ANSWER      every needed column of offers and history, folded to one row
python -m tests.bench.peers.yardsticks join WORLD ANSWER      the same, and offers looked up in the price list by SKU and zone
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from tests.bench.central import MARCH_LIST

NEEDED = ("price", "regular_price", "was_price", "member_price")


def scan(world: Path) -> pl.LazyFrame:
    """Each column that the thirteen need, read and folded."""
    offers = pl.scan_parquet(world / "offers" / "*.parquet")
    history = pl.scan_parquet(world / "history" / "*.parquet")
    texts = [
        pl.col(name).str.len_bytes().sum().alias(f"{name}_bytes")
        for name in ("store", "sku", "gtin", "seller", "surface", "currency")
    ]
    seen = offers.select(
        *texts, *(pl.col(name).sum() for name in NEEDED), pl.col("observed_at").max(), pl.col("tax_included").sum()
    )
    known = history.select(
        pl.col("sku").str.len_bytes().sum().alias("h_sku"), pl.col("store").str.len_bytes().sum().alias("h_store"),
        pl.col("price").sum().alias("h_price"), pl.col("was_price").sum().alias("h_was"), pl.col("since").max(),
    )  # fmt: skip
    return pl.concat([seen, known], how="horizontal")


def join(world: Path) -> pl.LazyFrame:
    """Offers whose price is not the list price of their zone, counted; besides the scan."""
    places = pl.scan_parquet(world / "tables" / "locations.parquet").select("store", "zone")
    listed = pl.scan_parquet(world / "tables" / "price_list.parquet").filter(pl.col("valid_from").dt.date() <= MARCH_LIST)
    latest = listed.sort("valid_from").group_by("sku", "zone").agg(pl.col("list_price").last())
    offers = pl.scan_parquet(world / "offers" / "*.parquet").select("store", "sku", "price")
    wrong = offers.join(places, on="store").join(latest, on=["sku", "zone"]).filter(pl.col("price") != pl.col("list_price"))
    return pl.concat([scan(world), wrong.select(wrong=pl.len())], how="horizontal")


if __name__ == "__main__":
    {"scan": scan, "join": join}[sys.argv[1]](Path(sys.argv[2])).collect(engine="streaming").write_parquet(sys.argv[3])
