"""Offers with what was expected of them: looked up, at the time they were seen, in the price points of their area.

An offer is compared only with what is comparable: its own seller, the market's currency and tax basis, a surface that leads. What
is not gets no expectation (`null`), and `comparable` says so: it is counted in the report, never called right.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine.places import LOOKS_BACK, looked_back_to
from pricewatch.engine.world import World

EXPECTED = ("list_price", "expected_price", "expected_member_price")
CHANGING = ("list_price", "price", "member_price")
BESIDES = ("multibuy_paid", "credit", "coupon_price")
"""What promotions give besides the price of one unit: null, too, where nothing can be compared."""


def compared(offers: pl.LazyFrame, places: pl.DataFrame) -> pl.LazyFrame:
    """Leading offers with what is known of their place, and `comparable` (Boolean)."""
    known = places.select(
        "place", "area", "market", "channel", "channel_kind", "location", "zone", "role", "leader", "landed", "low", "high",
        "grace", "market_currency", "market_tax_included", "unit",
    )  # fmt: skip
    alike = (pl.col("currency") == pl.col("market_currency")) & (
        pl.col("tax_included") == pl.col("market_tax_included")
    ).fill_null(False)
    placed = offers.filter(pl.col("leading")).join(known.lazy(), on="place", how="inner", validate="m:1")
    return placed.with_columns(comparable=alike & pl.col("seller").is_null())


def expect(
    offers: pl.LazyFrame,
    points: pl.LazyFrame,
    world: World,
    places: pl.DataFrame,
    leading: pl.LazyFrame | None = None,
) -> pl.LazyFrame:
    """Judged offers: leading offers, one row each, with the columns of `places.place_table` and `points.price_points`.

    In: `tables.Offers`; `points` from `price_points`; `places` from `place_table`; `leading`, what the leaders show (`leaders`),
    where not all of their offers are among `offers`. Added besides: `comparable` (Boolean), `age`
    (Duration: `as_of` less `observed_at`), `tolerated_list_price`, `tolerated_price`, `tolerated_member_price` (what was
    expected before, while the channel's grace runs), `leader_price`, `leader_ref` and `leader_shipping` (for channels that follow
    one: what the leader should show or, where nothing was decided, what it shows; and what it takes for shipping). Without a
    price point, or not comparable, every expectation is null.
    """
    judged = (
        compared(offers, places)
        .join(points, on=["area", "item"], how="left")
        .filter(pl.col("since").is_null() | _in_segment(world))
        .with_columns(age=pl.lit(world.as_of, tables.UTC) - pl.col("observed_at"))
    )
    fit = pl.col("comparable") & (pl.col("age") <= LOOKS_BACK)
    judged = judged.with_columns(
        **{name: pl.when(fit).then(name) for name in (*EXPECTED, *BESIDES)},
        **{f"tolerated_{name}": pl.when(fit & _young(name)).then(f"earlier_{name}") for name in CHANGING},
    ).drop(
        *(f"earlier_{name}" for name in CHANGING),
        *(f"{name}_changed_at" for name in CHANGING),
        "since",
        "until",
        "applied",
        "member_applied",
        strict=False,
    )
    shown = leaders(judged) if leading is None else leading
    return judged.join(shown, on=["market", "leader", "item"], how="left", validate="m:1")


def _young(name: str) -> pl.Expr:
    """Whether an offer was seen while the channel's grace ran for a price that had changed."""
    return pl.col("observed_at") < pl.col(f"{name}_changed_at") + pl.col("grace")


def _in_segment(world: World) -> pl.Expr:
    """The segment an observation falls into; what is older than all of them meets the first (and is not judged)."""
    first = pl.lit(looked_back_to(world), tables.UTC)
    seen = pl.max_horizontal("observed_at", first)
    return (pl.col("since") <= seen) & (seen < pl.col("until"))


def leaders(judged: pl.LazyFrame) -> pl.LazyFrame:
    """What each channel's leader should show for an item, or shows; null where its places disagree.

    `market`, `leader`, `item`, `leader_price`, `leader_ref`, `leader_shipping`. In: judged offers, those of leaders among them.
    """
    said = pl.coalesce("expected_price", "price")
    one, alike = said.min() == said.max(), pl.col("shipping").min() == pl.col("shipping").max()
    return (
        judged.filter(pl.col("role") == "leader", pl.col("comparable"))
        .group_by("market", leader="channel", item="item")
        .agg(
            leader_price=pl.when(one).then(said.min()),
            leader_ref=pl.col("source_ref").min(),
            leader_shipping=pl.when(alike).then(pl.col("shipping").min()),
        )
    )
