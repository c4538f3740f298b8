"""How each expected price came about, in words: the channel's role, the price-list row, the promotions in order, the rounding.

    zone Z1: list price 12.99 since 2026-03-01; promotions P-2218 (20 % off), then P-9 (0.50 off) make it 9.89, rounded half up

Written for the rows that were found wrong only: they are few, and price points keep what it takes.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain import money
from pricewatch.domain.texts import formatted
from pricewatch.engine.places import looked_back_to, numbered
from pricewatch.engine.world import World


def because(rows: pl.DataFrame, points: pl.DataFrame, world: World, places: pl.DataFrame) -> pl.Series:
    """One text a row, in their order; null where nothing was decided.

    In: findings with `area`, `item`, `place`, `observed_at`, `check`, `promotion`, `expected`, `expected_price`,
    `expected_member_price`, `list_price`, `price_since`, `currency`; the night's price points; `places.place_table`.
    """
    rows = rows.with_row_index("row").join(
        places.select("place", "role", "leader", "low", "high", "landed", "rounding_mode", _zone="zone"), on="place", how="left"
    )
    rows = rows.join(_applied(rows, points, world), on="row", how="left", maintain_order="left")
    listed = formatted("list price {} since {}", _amount("list_price"), pl.col("price_since").dt.to_string("%Y-%m-%d"))
    made = formatted(
        "{}; {} {} {} it {}{}",
        listed,
        pl.when(pl.col("_count") > 1).then(pl.lit("promotions")).otherwise(pl.lit("promotion")),
        "_names",
        pl.when(pl.col("_count") > 1).then(pl.lit("make")).otherwise(pl.lit("makes")),
        _amount("expected"),
        pl.when(pl.col("_computed"))
        .then(formatted(", rounded {}", pl.col("rounding_mode").str.replace("_", " ")))
        .otherwise(pl.lit("")),
    )
    ended = formatted("{}; promotion {} has ended", listed, "promotion")
    told = (
        pl.when(pl.col("list_price").is_null())
        .then(pl.lit(None, pl.String))
        .when(_decided_so() & (pl.col("expected") < pl.col("list_price")) & pl.col("_names").is_not_null())
        .then(made)
        .when((pl.col("check") == "promotion_stale") & pl.col("promotion").is_not_null())
        .then(ended)
        .otherwise(listed)
    )
    return rows.select(formatted("{}: {}", _role(), told).alias("because")).to_series()


def _decided_so() -> pl.Expr:
    """Whether what was expected is the decided price: a struck-through price's bound is no promotion's doing."""
    return (pl.col("expected") == pl.col("expected_price")) | (pl.col("expected") == pl.col("expected_member_price"))


def _role() -> pl.Expr:
    bounds = formatted("{} % to {} %", *((pl.col(name) / 100).cast(pl.String).str.strip_suffix(".0") for name in ("low", "high")))
    return (
        pl.when(pl.col("role") == "leader")
        .then(pl.lit("leading channel"))
        .when(pl.col("role") == "same_as")
        .then(formatted("same as {}", "leader"))
        .when(pl.col("role") == "within")
        .then(formatted("{} around {}", bounds, "leader"))
        .otherwise(formatted("zone {}", pl.col("_zone").fill_null("?")))
    )


def _amount(column: str) -> pl.Expr:
    return money.show_expr(pl.col(column), pl.col("currency"))


def _applied(rows: pl.DataFrame, points: pl.DataFrame, world: World) -> pl.DataFrame:
    """The promotions behind each row's expected price: `row`, `_names` in the order applied, `_count`, `_computed`."""
    first = pl.lit(looked_back_to(world))
    asked = rows.filter(pl.col("item").is_not_null(), _decided_so()).select(
        "row", "area", "item", "currency", seen=pl.max_horizontal("observed_at", first),
        member=pl.col("expected_member_price").is_not_null()
        & (pl.col("expected") == pl.col("expected_member_price"))
        & (pl.col("expected") != pl.col("expected_price")).fill_null(True),
    )  # fmt: skip
    inside = (pl.col("since") <= pl.col("seen")) & (pl.col("seen") < pl.col("until"))
    steps = (
        asked.join(points.select("area", "item", "since", "until", "applied", "member_applied"), on=["area", "item"], how="inner")
        .filter(inside)
        .select("row", "currency", promotion_row=pl.when("member").then("member_applied").otherwise("applied"))
        .filter(pl.col("promotion_row").list.len() > 0)
        .explode("promotion_row")
        .join(
            numbered(world).select("promotion_row", _id="promotion", _mechanic="mechanic", _value="value"),
            on="promotion_row",
            how="inner",
            maintain_order="left",
        )
    )
    amount = money.show_expr(pl.col("_value"), pl.col("currency"))
    share = (pl.col("_value") / 100).cast(pl.String).str.strip_suffix(".0")
    rate = pl.col("_mechanic") == "percent"
    words = (
        pl.when(rate)
        .then(formatted("{} ({} % off)", "_id", share))
        .when(pl.col("_mechanic") == "amount")
        .then(formatted("{} ({} off)", "_id", amount))
        .otherwise(formatted("{} ({})", "_id", amount))
    )
    return steps.group_by("row", maintain_order=True).agg(_names=words.str.join(", then "), _count=pl.len(), _computed=rate.any())
