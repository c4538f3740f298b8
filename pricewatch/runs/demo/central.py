"""What head office sends: catalogue, stores, price list, promotion calendar, and what the webshop showed before.

Layouts are those that `config/sources.yaml` declares. Days are inclusive and market days; money is decimal with a point.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl

from pricewatch.domain.texts import formatted
from pricewatch.runs.demo import decided, shown
from pricewatch.runs.demo.derive import NIGHTS, WEB_ZONE, Reference
from pricewatch.runs.demo.inbox import day, decimal, write
from pricewatch.runs.demo.source import LAST_WEEK, WEEK_2

MARKET = "us"


def write_central(folder: Path, reference: Reference, weeks: pl.DataFrame, carried: pl.Series) -> dict[str, int]:
    """Writes the five files into `folder`; their numbers of rows by name."""
    files = {
        "catalogue.csv": catalogue(reference, carried),
        "stores.csv": stores(reference),
        "price_list.csv.gz": price_list(reference),
        "promotions.csv.gz": promotions(reference),
        "webshop_history.csv.gz": webshop_history(weeks, carried),
    }
    return {name: write(folder / name, rows) for name, rows in files.items()}


def first_day(week: str) -> pl.Expr:
    """Monday of a retailer's week; week 1 has only its Sunday."""
    monday = pl.lit(WEEK_2) + pl.duration(weeks=pl.col(week) - 2)
    return pl.when(pl.col(week) == 1).then(pl.lit(WEEK_2 - timedelta(days=1))).otherwise(monday)


def last_day(week: str) -> pl.Expr:
    """Sunday of a retailer's week."""
    return pl.lit(WEEK_2) + pl.duration(weeks=pl.col(week) - 1) - pl.duration(days=1)


def catalogue(reference: Reference, carried: pl.Series) -> pl.DataFrame:
    """One row a product. `channels`: webshop and app must list what they carry; on absence in stores the data says nothing."""
    return reference.products.select(
        "sku",
        pl.col("product_id").cast(pl.String).alias("external_id"),
        "gtin",
        "name",
        "brand",
        "category",
        tax_rate="tax_percent",
        cost=pl.lit(None, pl.String),
        content="content",
        content_unit="content_unit",
        weekly_units="weekly_units",
        kvi="kvi",
        channels=pl.when(pl.col("product_id").is_in(carried.implode())).then(pl.lit("web|app")),
    )


def location(store: str) -> pl.Expr:
    """The store's number as the demo's stores write it: five digits."""
    return pl.col(store).cast(pl.String).str.zfill(5)


def stores(reference: Reference) -> pl.DataFrame:
    """One row a store with a zone."""
    return reference.stores.select(
        location=location("store_id"), market=pl.lit(MARKET), zone="zone", name=formatted("Store {}", location("store_id"))
    )


def price_list(reference: Reference) -> pl.DataFrame:
    """All versions of each zone's list prices. A version that still holds in the last week that is read has no end."""
    dated = decided.versions(reference.list_prices, "list_price").join(
        reference.products.select("product_id", "sku"), on="product_id", how="left", maintain_order="left"
    )
    ends = pl.when(pl.col("last_week") < LAST_WEEK).then(day(last_day("last_week")))
    return dated.select(
        "sku",
        pl.lit(MARKET).alias("market"),
        "zone",
        decimal("list_price"),
        valid_from=day(first_day("first_week")),
        valid_to=ends,
    )


def promotions(reference: Reference) -> pl.DataFrame:
    """The calendar: card promotions of every zone, and the leaflets' cuts for everybody on web, app and marketplace.

    Where a card promotion is in the web zone's leaflet, its card row is for the stores only: on the web everybody gets it.
    """
    skus = reference.products.select("product_id", "sku")
    runs = decided.versions(reference.cards, "member_price", "advertised")
    cards = runs.join(skus, on="product_id", how="left", maintain_order="left").select(
        promotion=formatted("CARD-2017W{}-{}", _two("first_week"), "zone"),
        name=formatted("Card prices from week {}, zone {}", "first_week", "zone"),
        market=pl.lit(MARKET),
        mechanic=pl.lit("member_price"),
        value=decimal("member_price"),
        sku="sku",
        channels=pl.when(pl.col("zone") == WEB_ZONE, ~pl.col("advertised"))
        .then(pl.lit("store|web|app"))
        .otherwise(pl.lit("store")),
        zones="zone",
        locations=pl.lit(None, pl.String),
        audience=pl.lit("members"),
        starts_at=day(first_day("first_week")),
        ends_at=day(last_day("last_week")),
        label=pl.lit("Card price"),
        advertised="advertised",
    )
    cuts = reference.cards.filter(pl.col("zone") == WEB_ZONE, pl.col("advertised")).sort("week", "product_id")
    leaflets = cuts.join(skus, on="product_id", how="left", maintain_order="left").select(
        promotion=formatted("LEAFLET-2017W{}", _two("week")),
        name=formatted("Leaflet of week {}", "week"),
        market=pl.lit(MARKET),
        mechanic=pl.lit("fixed_price"),
        value=decimal("member_price"),
        sku="sku",
        channels=pl.lit("web|app|marketplace"),
        zones="zone",
        locations=pl.lit(None, pl.String),
        audience=pl.lit("everyone"),
        starts_at=day(first_day("week")),
        ends_at=day(last_day("week")),
        label=formatted("Leaflet week {}", "week"),
        advertised=pl.lit(True),
    )
    return pl.concat([cards.sort("starts_at", "zones", "promotion", "sku", "ends_at"), leaflets])


def webshop_history(weeks: pl.DataFrame, carried: pl.Series) -> pl.DataFrame:
    """What the webshop showed until the day before the first night, as a nightly look at it would have noted."""
    eve = NIGHTS[0] - timedelta(days=1)
    until = pl.min_horizontal(last_day("last_week"), pl.lit(eve))
    return shown.earlier(weeks, carried).select(
        external_id=pl.col("product_id").cast(pl.String),
        price_text=decimal("price"),
        was_price_text=decimal("was_price"),
        member_price_text=decimal("member_price"),
        since=_late(first_day("first_week")),
        until=_late(until),
    )


def _late(when: pl.Expr) -> pl.Expr:
    """23:15 of a day, without offset: the market's clock."""
    return formatted("{}T23:15:00", day(when))


def _two(week: str) -> pl.Expr:
    return pl.col(week).cast(pl.String).str.zfill(2)
