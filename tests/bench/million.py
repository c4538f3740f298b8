"""A workspace of a chosen size, to time `pricewatch audit` on it as a whole process.

    python -m tests.bench.million /path/of/its/own 1_000_000
    time pricewatch --workspace /path/of/its/own audit --night 2026-03-13

Five hundred stores in five zones and as many products as the size needs; two in a hundred prices are wrong, of four kinds. The
same size gives the same files.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

STORES = 500
ZONES = 5
NIGHT = "2026-03-13"

CONFIG = {
    "workspace.yaml": "name: Benchmark\n",
    "markets.yaml": ("- {id: fr, name: France, currency: EUR, time_zone: Europe/Paris, tax_included: true}\n"),
    "channels.yaml": "- {id: store, name: Stores, kind: store, market: fr, role: own_zone}\n",
    "sources.yaml": "".join(
        f'- {{id: {name}, feeds: {feeds}, importer: table_file, market: fr, files: "inbox/{file}", '
        f'layout: {{format: csv, separator: ";"}}{extra}}}\n'
        for name, feeds, file, extra in (
            ("catalogue", "products", "catalogue.csv", ""),
            ("stores", "locations", "stores.csv", ""),
            ("price-list", "price_list", "price_list.csv", ""),
            ("promotions", "promotions", "promotions.csv", ""),
            ("tills", "offers", "{night}/tills.csv", ", channel: store, surface: till, tax_included: true"),
        )
    ),
}

RULES = """
- {id: regular, check: reference_price, severity: critical, owner: store-ops}
- {id: price, check: expected_price, severity: critical, owner: store-ops}
- {id: missing, check: promotion_missing, severity: major, owner: store-ops}
- {id: stale, check: promotion_stale, severity: major, owner: store-ops}
- {id: two, check: conflict, severity: minor, owner: store-ops}
- {id: gtin, check: identifier, severity: minor, owner: master-data}
- {id: fresh, check: freshness, severity: minor, owner: it}
- {id: sources, check: source_health, severity: critical, owner: it}
"""


def make(folder: Path, offers: int) -> None:
    """Write the workspace: configuration, rules, central files and one night's tills."""
    for name, text in CONFIG.items():
        _write(folder / "config" / name, text)
    _write(folder / "rules" / "all.yaml", RULES)
    (folder / "spiders").mkdir(exist_ok=True)
    products = -(-offers // STORES)
    skus = pl.select(n=pl.int_range(products)).with_columns(
        sku=pl.format("S{}", pl.col("n").cast(pl.String).str.zfill(6)),
        price=_chance(1, 4900) + 99,
        earlier=_chance(2, 4900) + 99,
    )
    inbox = folder / "inbox"
    (inbox / NIGHT).mkdir(parents=True, exist_ok=True)
    skus.select(
        "sku",
        name=pl.format("Product {}", "n"),
        brand=pl.format("Brand {}", pl.col("n") % 97),
        category=pl.format("Category {}", pl.col("n") % 40),
        tax_rate=pl.lit("5.5"),
        weekly_units=(pl.col("n") % 50 + 1).cast(pl.String),
    ).write_csv(inbox / "catalogue.csv", separator=";")
    stores = pl.select(store=pl.int_range(STORES)).with_columns(
        location=pl.col("store").cast(pl.String).str.zfill(4), zone=pl.format("Z{}", pl.col("store") % ZONES + 1)
    )
    stores.select("location", "zone").write_csv(inbox / "stores.csv", separator=";")
    zones = pl.select(z=pl.int_range(ZONES)).with_columns(zone=pl.format("Z{}", pl.col("z") + 1))
    listed = skus.join(zones, how="cross").with_columns(list_price=pl.col("price") + pl.col("z") * 3)
    versions = pl.concat(
        [
            listed.select("sku", "zone", amount="earlier", valid_from=pl.lit("2026-01-05")),
            listed.select("sku", "zone", amount="list_price", valid_from=pl.lit("2026-03-09")),
        ]
    )
    versions.select("sku", "zone", "valid_from", list_price=_decimal("amount")).write_csv(inbox / "price_list.csv", separator=";")
    promoted = listed.filter(pl.col("n") % 10 == 0)
    promoted.select(
        pl.format("P-{}", pl.col("n") % 25).alias("promotion"),
        pl.lit("fixed_price").alias("mechanic"),
        _decimal((pl.col("list_price") * 7) // 10).alias("value"),
        "sku",
        pl.col("zone").alias("zones"),
        starts_at=pl.lit("2026-03-10"),
        ends_at=pl.lit("2026-03-15"),
    ).write_csv(inbox / "promotions.csv", separator=";")
    seen = listed.join(stores.select("location", "zone"), on="zone").sort("location", "n").head(offers)
    promotion = pl.when(pl.col("n") % 10 == 0).then((pl.col("list_price") * 7) // 10).otherwise("list_price")
    regular = pl.when(pl.col("fault") < 8).then("earlier").otherwise("list_price")
    price = (
        pl.when(pl.col("fault") < 8).then("earlier").when(pl.col("fault") < 12).then(promotion * 10)
        .when(pl.col("fault") < 20).then("list_price").otherwise(promotion)
    )  # fmt: skip
    seen.with_row_index("row").with_columns(fault=_chance(3, 1000, "row")).select(
        "location", "sku", observed_at=pl.lit("2026-03-13 18:00:00"),
        regular_price_text=_decimal(regular), price_text=_decimal(price),
    ).write_csv(inbox / NIGHT / "tills.csv", separator=";")  # fmt: skip


def _chance(salt: int, below: int, of: str = "n") -> pl.Expr:
    """A number below `below` that looks random and is the same everywhere."""
    mixed = (pl.col(of).cast(pl.Int64) + salt * 7919) * 2_654_435_761 % 4_294_967_291
    return (mixed * 48_271 % 2_147_483_647) % below


def _decimal(amount: str | pl.Expr) -> pl.Expr:
    minor = pl.col(amount) if isinstance(amount, str) else amount
    return pl.format("{}.{}", minor // 100, (minor % 100).cast(pl.String).str.zfill(2))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
