"""What webshop, app and marketplace should show: the web zone's decided prices, turned into what a customer reads.

A list price of 3.49 that the leaflet of week 25 cuts to 2.99 is shown as 2.99, with 3.49 struck through and "Leaflet week 25". A
card promotion outside the leaflet leaves the price at 3.49 and adds a member price. A price is struck through only when the shop
really asked it, from everybody, within the four weeks before.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain.texts import formatted
from pricewatch.runs.demo.derive import NIGHTS, WEB_ZONE, Reference
from pricewatch.runs.demo.source import LAST_WEEK, week_of

ASSORTMENT = 600
FIRST_WEEK = 18
"""The webshop's earlier prices are told since this week: long enough for every struck-through price to be provable."""
PROVABLE_WEEKS = 4


def weekly(reference: Reference) -> pl.DataFrame:
    """What the web zone's customers are asked each week.

    Out: product_id, week, list_price, price, was_price, member_price (Int64 cents), label; sorted by product and week. Weeks
    without a decided price have no row.
    """
    here = pl.col("zone") == WEB_ZONE
    listed = reference.list_prices.filter(here).drop("zone")
    cards = reference.cards.filter(here).drop("zone")
    weeks = listed.join(cards, on=["product_id", "week"], how="left").with_columns(pl.col("advertised").fill_null(False))
    asked = weeks.filter(~pl.col("advertised")).select("product_id", "week", "list_price")
    provable = pl.concat([asked.with_columns(pl.col("week") + later) for later in range(1, PROVABLE_WEEKS + 1)]).unique()
    weeks = weeks.join(provable.with_columns(provable=True), on=["product_id", "week", "list_price"], how="left")
    cut = pl.col("advertised")
    return weeks.select(
        "product_id",
        "week",
        "list_price",
        price=pl.when(cut).then("member_price").otherwise("list_price"),
        was_price=pl.when(cut & pl.col("provable")).then("list_price"),
        member_price=pl.when(~cut).then("member_price"),
        label=pl.when(cut).then(formatted("Leaflet week {}", "week")),
    ).sort("product_id", "week")


def assortment(reference: Reference, weeks: pl.DataFrame) -> pl.Series:
    """Products that the webshop and the app carry, sorted: with a decided price in the weeks of all three nights.

    First those whose week matters here (in a leaflet, or with a list price that changes on Monday), then the best sellers.
    """
    played = sorted({week_of(night) for night in NIGHTS})
    sold = reference.lines.filter(pl.col("zone") == WEB_ZONE).group_by("product_id").agg(units=pl.col("quantity").sum())
    changes = pl.col("label").is_not_null().any() | (pl.col("list_price").n_unique() > 1)
    return (
        weeks.filter(pl.col("week").is_in(played))
        .group_by("product_id")
        .agg(weeks=pl.len(), eventful=changes)
        .filter(pl.col("weeks") == len(played))
        .join(sold, on="product_id")
        .sort("eventful", "units", "product_id", descending=[True, True, False])
        .head(ASSORTMENT)["product_id"]
        .sort()
    )


def earlier(weeks: pl.DataFrame, carried: pl.Series) -> pl.DataFrame:
    """What the webshop showed before the first night, equal weeks as one row.

    Out: product_id, price, was_price, member_price, first_week, last_week; since week 18, for the products it carries.
    """
    known = ["price", "was_price", "member_price"]
    before = weeks.filter(
        pl.col("week").is_between(FIRST_WEEK, min(week_of(NIGHTS[0]), LAST_WEEK)), pl.col("product_id").is_in(carried.implode())
    ).sort("product_id", "week")
    apart = (pl.col("week") != pl.col("week").shift(1) + 1) | pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(name).shift(1)) for name in known
    )
    return (
        before.with_columns(run=apart.fill_null(True).cum_sum().over("product_id", order_by="week"))
        .group_by("product_id", "run", *known)
        .agg(first_week=pl.col("week").min(), last_week=pl.col("week").max())
        .drop("run")
        .sort("product_id", "first_week")
    )
