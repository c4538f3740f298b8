"""The promotion calendar spread out: which row is for which product in which area.

A row's scope is SKU, brand and category together, narrowed by an SQL condition on the catalogue (`where`) and less what another
one leaves out (`excluding`); its channels, zones and stores say where; null says "every".
"""

from __future__ import annotations

import polars as pl

from pricewatch.engine import conditions
from pricewatch.engine.places import relevant
from pricewatch.engine.world import World

SCOPE = ["sku", "brand", "category"]

OFFERED = [
    "promotion_row", "mechanic", "value", "quantity", "pay", "threshold", "inner", "audience", "combinable", "priority",
    "starts_at", "ends_at",
]  # fmt: skip


def offered(world: World, items: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """One row a calendar row, area and product: `area`, `item`, `OFFERED`."""
    calendar = relevant(world)
    return scoped(calendar, world, items).join(_where(calendar, world, places), on="promotion_row", how="inner")


def _where(calendar: pl.DataFrame, world: World, places: pl.DataFrame) -> pl.DataFrame:
    """Calendar rows by the areas they are for: `area`, `OFFERED`."""
    channels = sorted(set(world.channels["channel"].to_list()))
    zones = sorted(set(places["zone"].drop_nulls().to_list()))
    areas = places.select("area", "market", "channel", "zone").unique()
    apart = (
        calendar.filter(pl.col("locations").is_not_null())
        .select("promotion_row", "market", "locations")
        .explode("locations")
        .join(places.select("market", "area", locations="location"), on=["market", "locations"], how="inner")
        .select("promotion_row", "area", named=pl.lit(True))
        .unique()
    )
    return (
        calendar.with_columns(channel=_or_all("channels", channels), zone=_or_all("zones", zones))
        .explode("channel")
        .explode("zone")
        .join(areas, on=["market", "channel", "zone"], how="inner")
        .join(apart, on=["promotion_row", "area"], how="left")
        .filter(pl.col("locations").is_null() | pl.col("named").fill_null(False))
        .select("area", *OFFERED)
    )


def _or_all(column: str, every: list[str]) -> pl.Expr:
    return pl.when(pl.col(column).is_null()).then(pl.lit(every, pl.List(pl.String))).otherwise(pl.col(column))


def scoped(calendar: pl.DataFrame, world: World, items: pl.DataFrame) -> pl.DataFrame:
    """`promotion_row`, `item`: every product each calendar row is for. Parts of a scope narrow each other down."""
    catalogue = world.central.products.join(items, on="sku", how="inner")
    rows = [pl.DataFrame(schema={"promotion_row": pl.Int32, "item": pl.Int32})]
    given = calendar.select(
        "promotion_row", *SCOPE, "where", "excluding", given=pl.concat_str(pl.col(SCOPE).is_not_null().cast(pl.Int8))
    )
    for (where, excluding), conditioned in given.group_by("where", "excluding", maintain_order=True):
        products = _meeting(catalogue, where, excluding).select("item", *SCOPE)
        for (pattern,), part in conditioned.group_by("given", maintain_order=True):
            named = [column for column, flag in zip(SCOPE, str(pattern), strict=True) if flag == "1"]
            of = part.select("promotion_row", *named)
            joined = of.join(products, on=named, how="inner") if named else of.join(products, how="cross")
            rows.append(joined.select("promotion_row", "item"))
    return pl.concat(rows)


def _meeting(catalogue: pl.DataFrame, where: object, excluding: object) -> pl.DataFrame:
    """Products that meet one condition and not the other; a null verdict meets neither."""
    if isinstance(where, str):
        catalogue = catalogue.filter(conditions.compiled(where))
    return catalogue.filter(~conditions.compiled(excluding)) if isinstance(excluding, str) else catalogue
