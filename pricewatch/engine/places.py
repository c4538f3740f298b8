"""Where prices are shown, and the areas in which they are decided.

A place is a market x channel x location. An area is a market x channel x zone: every place of it should show the same, so what
is expected is solved once per product and area and looked up by each offer. Stores named one by one by a promotion's `locations`
form areas of their own, so that a promotion of three stores stays a price point of three stores.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from pricewatch.domain import money
from pricewatch.engine.world import POLICY, World

LOOKS_BACK = timedelta(days=8)
"""Older observations than this are not judged: they are a matter of freshness."""

REMEMBERS_ENDED = timedelta(days=60)
"""For how long an ended promotion's price is recognised."""

ANNOUNCED = timedelta(days=14)
"""How long before its start a promotion's price is recognised."""


def place_table(world: World, places: pl.DataFrame) -> pl.DataFrame:
    """One row a place with what is known of it.

    `place`, `area` (Int32), `market`, `channel`, `location`, `zone`, the channel's columns (kind, role, leader, corridor, grace),
    how promotions combine and prices are rounded there (`world.POLICY`),
    `market_currency`, `market_tax_included`, `unit` (minor units of one major unit).
    """
    markets = world.markets.select(
        "market",
        "time_zone",
        market_currency="currency",
        market_tax_included="tax_included",
        **{f"market_{name}": name for name in POLICY},
    ).with_columns(unit=money.unit(pl.col("market_currency")))
    stores = world.central.locations.select("market", "location", store_zone="zone", store_name="name")
    table = (
        places.join(world.channels, on=["market", "channel"], how="inner")
        .join(markets, on="market", how="inner")
        .join(stores, on=["market", "location"], how="left")
        .with_columns(zone=pl.coalesce("store_zone", "zone"))
        .drop("store_zone")
        .with_columns(_policies())
        .drop(f"market_{name}" for name in POLICY)
    )
    table = table.join(_named_apart(world), on=["market", "location"], how="left").with_columns(pl.col("named").fill_null(""))
    key = ["market", "channel", "zone", "named"]
    areas = table.select(key).unique().sort(key).with_row_index("area").with_columns(pl.col("area").cast(pl.Int32))
    return table.join(areas, on=key, how="left", nulls_equal=True).drop("named").sort("place")


def _policies() -> list[pl.Expr]:
    """How promotions combine and prices are rounded in each place: as its channel says, else as its market does.

    A channel declares stacking as a whole, and rounding as a whole: its own limit of none is not its market's limit.
    """
    declared = {"stacking": ("stacking", "stack_limit"), "rounding_mode": tuple(n for n in POLICY if n.startswith("rounding"))}
    return [
        pl.when(pl.col(leading).is_not_null()).then(name).otherwise(f"market_{name}").alias(name)
        for leading, names in declared.items()
        for name in names
    ]


def _named_apart(world: World) -> pl.DataFrame:
    """Stores that promotions name one by one, with which promotions do: `market`, `location`, `named`."""
    return (
        relevant(world)
        .filter(pl.col("locations").is_not_null())
        .explode("locations")
        .group_by("market", location="locations")
        .agg(named=pl.col("promotion_row").unique().sort().cast(pl.String).str.join(","))
    )


def numbered(world: World) -> pl.DataFrame:
    """The promotion calendar with `promotion_row` (Int32), by which price points and findings refer to its rows."""
    return world.central.promotions.with_row_index("promotion_row").with_columns(pl.col("promotion_row").cast(pl.Int32))


def relevant(world: World) -> pl.DataFrame:
    """The calendar rows that can matter tonight: begun or soon to begin, and not ended longer ago than anybody asks for."""
    earliest = looked_back_to(world) - REMEMBERS_ENDED
    return numbered(world).filter(pl.col("starts_at") <= world.as_of + ANNOUNCED, pl.col("ends_at") > earliest)


def looked_back_to(world: World) -> datetime:
    """Where the price points begin: the oldest observation that is judged may still have the longest grace behind it."""
    graces = [grace for grace in world.channels["grace"].to_list() if grace is not None]
    return world.as_of - LOOKS_BACK - max(graces, default=timedelta(0))
