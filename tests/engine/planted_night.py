"""A hundred thousand findings from ten planted causes of different shapes, and what was judged beside them.

60 stores in three zones, web, app and a marketplace; 20 000 products in 20 categories and 100 brands. A price that two causes
would make wrong is made wrong by the first of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine.census import PLACE, Census, census
from pricewatch.engine.seen import Seen
from pricewatch.engine.world import Central, World
from pricewatch.testing import AS_OF, MARKET, NIGHT, SEEN

PRODUCTS, STORES, CHANGED = 20_000, 60, 5_000
CHANGE = datetime(2026, 3, 9, 4, tzinfo=UTC)
"""Midnight of 9 March in New York, where clocks had gone forward the day before."""

NOISE = "noise"


@dataclass(frozen=True)
class Planted:
    """A night with planted causes."""

    findings: pl.DataFrame
    """`tables.Findings`."""
    causes: pl.DataFrame
    """`fingerprint`, `planted`: which cause made the finding, or `NOISE`."""
    counts: Census
    world: World


def catalogue() -> pl.DataFrame:
    """`item`, `sku`, `name`, `category` (20), `brand` (100)."""
    number = pl.col("item")
    return pl.select(item=pl.int_range(PRODUCTS, dtype=pl.Int32)).with_columns(
        sku=pl.format("S{}", number.cast(pl.String).str.zfill(5)),
        name=pl.format("Product {}", number),
        category=pl.format("c{}", number % 20),
        brand=pl.format("b{}", number // 200),
    )


def places() -> pl.DataFrame:
    """`place` and `PLACE`: 60 stores, 20 a zone; web, app and marketplace in zone Z1."""
    stores = pl.select(place=pl.int_range(STORES, dtype=pl.Int32)).with_columns(
        market=pl.lit("us"),
        channel=pl.lit("store"),
        zone=pl.format("Z{}", 1 + pl.col("place") // 20),
        location=pl.col("place").cast(pl.String).str.zfill(4),
    )
    others = [(STORES + at, "us", name, "Z1", None) for at, name in enumerate(("web", "app", "marketplace"))]
    return pl.concat([stores, pl.DataFrame(others, schema=stores.schema, orient="row")])


def central() -> Central:
    """Half of the products cost more in Z2 and Z3; on 9 March 5 000 prices changed; P-1 runs, P-2 has ended."""
    rows = catalogue().join(pl.DataFrame({"zone": ["Z1", "Z2", "Z3"]}), how="cross")
    dearer = pl.when(pl.col("item") % 2 == 0, pl.col("zone") != "Z1").then(100).otherwise(0)
    first = rows.with_columns(list_price=1000 + dearer, valid_from=datetime(2026, 1, 1, 5, tzinfo=UTC), valid_to=None)
    first = first.with_columns(valid_to=pl.when(pl.col("item") < CHANGED).then(pl.lit(CHANGE, tables.UTC)))
    changed = rows.filter(pl.col("item") < CHANGED).with_columns(list_price=1200 + dearer, valid_from=CHANGE, valid_to=None)
    promotions = [
        _row("promotions", promotion=name, market="us", mechanic="fixed_price", value=700, sku=f"S{item:05}", audience="everyone",
             starts_at=datetime(2026, 3, 1, tzinfo=UTC), ends_at=ends)
        for name, items, ends in (
            ("P-1", range(6_000, 6_600), datetime(2026, 4, 1, tzinfo=UTC)),
            ("P-2", range(7_000, 7_400), datetime(2026, 3, 10, tzinfo=UTC)),
        )
        for item in items
    ]  # fmt: skip
    return Central(
        products=_framed(catalogue(), "products"),
        price_list=_framed(pl.concat([first, changed], how="vertical_relaxed").with_columns(market=pl.lit("us")), "price_list"),
        promotions=pl.concat(promotions),
    )


def offers(decided: Central) -> pl.DataFrame:
    """Every product in every place, as `audit.judge` has seen it: 4 000 of them on the marketplace."""
    rows = catalogue().join(places(), how="cross").filter(pl.col("channel") != "marketplace")
    listed = catalogue().filter(pl.col("item") >= 16_000).join(places().filter(channel="marketplace"), how="cross")
    prices = decided.price_list.with_row_index("price_row").filter(pl.col("valid_to").is_null())
    calendar = decided.promotions.with_row_index("row").select("promotion", "sku", pl.col("row").cast(pl.Int32))
    return (
        pl.concat([rows, listed])
        .join(prices.select("sku", "zone", pl.col("price_row").cast(pl.Int32)), on=["sku", "zone"])
        .join(calendar.filter(promotion="P-1").select("sku", promotion_row="row"), on="sku", how="left")
        .join(calendar.filter(promotion="P-2").select("sku", ended_row="row"), on="sku", how="left")
        .with_columns(next_price_row=pl.lit(None, pl.Int32), file=_file())
    )


def _file() -> pl.Expr:
    tills = pl.format("inbox/2026-03-13/tills-{}.csv", pl.col("zone").str.to_lowercase())
    return pl.when(pl.col("channel") == "store").then(tills).otherwise(pl.format("inbox/2026-03-13/{}.csv", "channel"))


def planted(*, night_of: int = 0, share: float = 1.0) -> Planted:
    """The night. `share` of the findings of every cause, drawn by `night_of`: other ones on another night."""
    decided = central()
    shown = offers(decided)
    seen = shown.select(
        "item", "place", "price_row", "next_price_row", "promotion_row", "ended_row", pl.col("file").cast(pl.Categorical)
    )
    wrong = pl.concat(list(_causes(shown)), how="diagonal_relaxed").unique(["place", "item"], keep="first", maintain_order=True)
    drawn = wrong.filter(pl.struct("place", "item").hash(night_of) % 1000 < int(share * 1000))
    found = _framed(drawn.with_columns(*_quiet(drawn)), "findings")
    quiet = World(
        night=NIGHT, as_of=AS_OF, markets=MARKET, central=decided, items=catalogue().select("item", "sku"),
    )  # fmt: skip
    counts = census(Seen.of(seen), quiet, quiet.items, places().select("place", *PLACE))
    return Planted(found, pl.DataFrame({"fingerprint": found["fingerprint"], "planted": drawn["planted"]}), counts, quiet)


def _causes(shown: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Offers that are wrong, by what made them so, and what the engine says of each."""

    def made(name: str, which: pl.DataFrame, check: str, cause: str = "unknown", root: str | None = None) -> pl.DataFrame:
        said = {"planted": name, "check": check, "cause": cause, "cause_root": root}
        return which.with_columns(pl.lit(value, pl.String).alias(column) for column, value in said.items())

    item, channel, location = pl.col("item"), pl.col("channel"), pl.col("location")
    southern = [f"{store:04}" for store in range(40, 54)]
    yield made("a product", shown.filter(item == 15_555), "expected_price")
    till = shown.filter(location == "0005", item % 4 != 0)
    yield made("a till", till, "expected_price")
    zone = shown.filter(location == "0017", item % 2 == 0)
    yield made("another zone", zone, "reference_price", "other_zones_price", "zone Z2")
    feed = shown.filter(channel == "marketplace", item % 4 != 1)
    causes = pl.col("item") % 7
    checks = pl.when(causes < 3).then(pl.lit("expected_price")).when(causes < 5).then(pl.lit("channel_parity"))
    named = pl.when(causes == 0).then(pl.lit("decimal_shift")).when(causes == 3).then(pl.lit("net_instead_of_gross"))
    yield made("a file", feed, "").with_columns(
        check=checks.otherwise(pl.lit("reference_price")), cause=named.otherwise(pl.lit("unknown"))
    )
    missing = shown.filter(location.is_in(southern), item.is_between(6_000, 6_599))
    yield made("promotion missing", missing, "promotion_missing", "promotion_not_started", "promotion P-1")
    stale = shown.filter(item.is_between(7_000, 7_399))
    yield made("promotion stale", stale, "promotion_stale", "promotion_not_ended", "promotion P-2")
    late = shown.filter(channel.is_in(["web", "app"]), item < CHANGED)
    change = made("price change", late, "", "previous_list_price", "price change 2026-03-09")
    yield change.with_columns(check=pl.when(channel == "app").then(pl.lit("channel_parity")).otherwise(pl.lit("reference_price")))
    yield made("a brand", shown.filter(pl.col("brand") == "b60"), "expected_price", "net_instead_of_gross")
    shifted = shown.filter(pl.col("zone") == "Z2", pl.col("category") == "c3")
    yield made("a category of a file", shifted, "reference_price", "decimal_shift")
    yield made("struck through", shown.filter(channel == "app", pl.col("category") == "c9"), "was_price")
    yield made(NOISE, shown.filter(pl.struct("place", "item").hash(99) % 1250 == 0), "expected_price")


def _quiet(found: pl.DataFrame) -> list[pl.Expr]:
    """What every finding says besides: 3.00 too much or too little for two units a week."""
    dear = pl.col("item") % 3 == 0
    number = pl.struct("place", "item").hash(7).cast(pl.String)
    said: dict[str, Any] = {
        "night": NIGHT, "first_seen": NIGHT, "state_since": NIGHT, "state": "new", "severity": "major", "owner": "pricing",
        "subject": "price", "currency": "USD", "observed_at": SEEN, "impact": 600, "source": "test",
    }  # fmt: skip
    return [
        *(pl.lit(value).alias(name) for name, value in said.items()),
        pl.col("check").str.replace_all("_", "-").alias("rule"),
        pl.when(dear).then(pl.lit("overcharge")).otherwise(pl.lit("undercharge")).alias("direction"),
        pl.format("{}-{}", "check", number).alias("fingerprint"),
        pl.format("{} is wrong", "name").alias("message"),
        pl.format("{}:{}", "file", pl.int_range(2, pl.len() + 2)).alias("source_ref"),
    ]


def _row(table: str, **values: Any) -> pl.DataFrame:
    return pl.DataFrame([{name: values.get(name) for name in tables.schema(table)}], schema=tables.schema(table))


def _framed(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    """Rows with every column of a table; null where they say nothing."""
    schema = tables.schema(table).items()
    return rows.select((pl.col(n) if n in rows.columns else pl.lit(None)).cast(d).alias(n) for n, d in schema)
