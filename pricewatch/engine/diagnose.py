"""The likeliest cause: which other price does the wrong one equal? Exact or not at all, and against which row.

Causes are tried in the order of the table; the first that holds is the cause, the others that hold are its alternatives. A wrong
price of 9.99 where 12.99 is decided, and 9.99 was the list price until Sunday: the change did not reach the channel. A price that
equals nothing is `unknown`: no cause is claimed because it is likely.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pricewatch.domain import money
from pricewatch.engine.world import World

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Cause:
    """One cause: when it holds, what it says, and the row it is exact against."""

    name: str
    holds: pl.Expr
    words: pl.Expr
    table: str | None = None
    """`price_list` or `promotions`, where the evidence is one of their rows."""
    row: str | None = None
    """The candidate's column with that row's position."""


_observed, _expected = pl.col("observed"), pl.col("expected")
_priced = pl.col("subject").is_in(["price", "regular_price", "member_price"])
_public = pl.col("subject") == "price"
_member = pl.col("subject") == "member_price"


def _scaled(factor: int) -> pl.Expr:
    return (_observed == _expected * factor) | (_observed * factor == _expected)


CAUSES: tuple[Cause, ...] = (
    Cause(
        "decimal_shift",
        _priced & (_expected > 0) & (_scaled(10) | _scaled(100) | _scaled(1000)),
        pl.format("{} is the decided price with its decimal point moved", "_shown"),
    ),
    Cause(
        "net_instead_of_gross",
        _priced
        & (pl.col("tax_rate") > 0)
        & pl.col("tax_decided")
        & (_observed == money.without_tax(_expected, pl.col("tax_rate"))),
        pl.format("{} is the decided price without {} % tax", "_shown", pl.col("tax_rate") / 100),
    ),
    Cause(
        "gross_instead_of_net",
        _priced
        & (pl.col("tax_rate") > 0)
        & ~pl.col("tax_decided")
        & (_observed == money.with_tax(_expected, pl.col("tax_rate"))),
        pl.format("{} is the decided price plus {} % tax", "_shown", pl.col("tax_rate") / 100),
    ),
    Cause(
        "previous_list_price",
        _priced & (_observed == pl.col("previous_list_price")) & _observed.ne_missing(pl.col("list_price")),
        pl.format("{} is the list price before the last change: the change has not arrived", "_shown"),
        "price_list",
        "previous_price_row",
    ),
    Cause(
        "next_list_price",
        _priced & (_observed == pl.col("next_list_price")) & _observed.ne_missing(pl.col("list_price")),
        pl.format("{} is the next list price: it was published early", "_shown"),
        "price_list",
        "next_price_row",
    ),
    Cause(
        "promotion_not_ended",
        _priced & ~_member & (_observed == pl.col("ended_price")) & (_observed < pl.col("list_price")),
        pl.format("{} is the price of a promotion that has ended", "_shown"),
        "promotions",
        "ended_row",
    ),
    Cause(
        "promotion_not_ended",
        _member & (_observed == pl.col("ended_member_price")) & (_observed < pl.col("list_price")),
        pl.format("{} is the member price of a promotion that has ended", "_shown"),
        "promotions",
        "ended_member_row",
    ),
    Cause(
        "promotion_not_started",
        (_public | _member)
        & pl.col("promotion_row").is_not_null()
        & (_observed == pl.col("list_price"))
        & (_expected < _observed),
        pl.format("{} is the list price, and a promotion is in force", "_shown"),
        "promotions",
        "promotion_row",
    ),
    Cause(
        "member_price_shown_to_all",
        _public & (_observed == pl.col("expected_member_price")),
        pl.format("{} is the price for card holders", "_shown"),
        "promotions",
        "member_promotion_row",
    ),
    Cause(
        "other_zones_price",
        _priced & pl.col("other_zone").is_not_null(),
        pl.format("{} is the price of zone {}", "_shown", "other_zone"),
        "price_list",
        "other_zone_row",
    ),
    Cause(
        "rounding",
        _priced & ((_observed - _expected).abs() == 1),
        pl.lit("one minor unit off: rounded at another point, or one line of a multi-buy"),
    ),
)
"""In the order they are tried (domain: delta signatures)."""


def diagnose(
    candidates: pl.LazyFrame, world: World, points: pl.LazyFrame, places: pl.DataFrame, catalogue: pl.LazyFrame
) -> pl.LazyFrame:
    """Candidates with `cause`, `cause_detail`, `cause_ref` and `cause_alternatives` (all String).

    In: `run_rules`' candidates; `points` from `price_points`, `places` from `place_table`, `catalogue` from `rules.products`.
    Findings that are not about a price have the cause `unknown` and nothing else. Nothing is claimed that is not exact.
    """
    columns = candidates.collect_schema().names()
    rows = (
        candidates.join(catalogue.select("item", "tax_rate"), on="item", how="left", validate="m:1")
        .join(
            places.lazy().select("place", "market", "channel", "zone", tax_decided="market_tax_included"),
            on="place",
            how="left",
            validate="m:1",
        )
        .with_row_index("_row")
    )
    rows = rows.join(_other_zones(rows, points, places), on="_row", how="left", validate="1:1")
    rows = rows.with_columns(_shown=money.show_expr(_observed, pl.col("currency")), _holding=_holding())
    best = pl.col("_holding").list.first()
    refs = {table: _references(world, table) for table in ("price_list", "promotions")}
    rows = rows.with_columns(cause=_named(best).fill_null(UNKNOWN), cause_detail=_told(best))
    for table, references in refs.items():
        rows = rows.with_columns(_at=_position(best, table)).join(
            references.rename({"ref": f"_{table}_ref"}), left_on="_at", right_on="position", how="left", validate="m:1"
        )
    others = pl.col("_holding").list.slice(1).list.eval(_named(pl.element())).list.unique(maintain_order=True)
    return rows.with_columns(
        cause_ref=pl.coalesce("_price_list_ref", "_promotions_ref"),
        cause_root=pl.lit(None, pl.String),
        cause_alternatives=pl.when(others.list.len() > 0).then(others.list.join(", ")),
    ).select(*columns, "cause", "cause_detail", "cause_ref", "cause_root", "cause_alternatives")


def _holding() -> pl.Expr:
    """Positions in `CAUSES` of the causes that hold, in order."""
    flags = [pl.when(cause.holds.fill_null(False)).then(pl.lit(at, pl.Int8)) for at, cause in enumerate(CAUSES)]
    return pl.concat_list(flags).list.drop_nulls()


def _named(at: pl.Expr) -> pl.Expr:
    return at.replace_strict({i: cause.name for i, cause in enumerate(CAUSES)}, default=None, return_dtype=pl.String)


def _told(at: pl.Expr) -> pl.Expr:
    return pl.coalesce(*(pl.when(at == i).then(cause.words) for i, cause in enumerate(CAUSES)))


def _position(at: pl.Expr, table: str) -> pl.Expr:
    rows = [pl.when(at == i).then(pl.col(cause.row)) for i, cause in enumerate(CAUSES) if cause.table == table and cause.row]
    return pl.coalesce(*rows)


def _references(world: World, table: str) -> pl.LazyFrame:
    """Where each row of a central table was read: `position` (Int32), `ref`."""
    frame = world.central.price_list if table == "price_list" else world.central.promotions
    return frame.lazy().select(pl.int_range(pl.len(), dtype=pl.Int32).alias("position"), ref="source_ref")


def _other_zones(rows: pl.LazyFrame, points: pl.LazyFrame, places: pl.DataFrame) -> pl.LazyFrame:
    """For candidates whose price is what another zone of their market should show: that zone and its price-list row."""
    zones = places.lazy().select("area", "market", other_zone="zone").unique()
    prices = ["since", "until", "expected_price", "list_price", "expected_member_price"]
    elsewhere = points.join(zones, on="area", how="inner").select(
        "market", "item", "other_zone", *prices, other_zone_row="price_row"
    )
    asked = rows.filter(_priced).select("_row", "market", "zone", "item", "subject", "observed", "observed_at")
    equal = (
        (_public & (pl.col("expected_price") == _observed))
        | (~_member & (pl.col("list_price") == _observed))
        | (_member & (pl.col("expected_member_price") == _observed))
    )
    return (
        asked.join(elsewhere, on=["market", "item"], how="inner")
        .filter(
            pl.col("other_zone") != pl.col("zone"),
            pl.col("since") <= pl.col("observed_at"),
            pl.col("observed_at") < pl.col("until"),
            equal,
        )
        .sort("_row", "other_zone", "other_zone_row")
        .unique("_row", keep="first", maintain_order=True)
        .select("_row", "other_zone", "other_zone_row")
    )
