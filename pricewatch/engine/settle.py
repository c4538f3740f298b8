"""Several observations of one offer become one row: what most rows said, how many said it, and what else was said.

A till rings an item twenty times a day; two of the lines may show another price (a change during the day, a cashier's
override). The offer is what most lines say; `lines` is its support, `price_low` and `price_high` keep the disagreement. A webshop
shows a price on the page and another in its markup: both rows stay, and `leading` marks the one held against the rules, in the
order of `tables.SURFACES`.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain import tables

KEY = ["item", "place", "seller", "surface"]
OFFER = ["item", "place", "seller"]

CARRIED = (
    "source", "promotion_label", "promotion", "external_id", "gtin", "available", "currency", "tax_included", "unit_price",
    "unit_price_base", "points", "buy_box",
)  # fmt: skip
"""What a settled offer takes from one of its rows. One page may name a product twice at one time: then they decide which."""

VOTED = ("regular_price", "price", "was_price", "member_price", "shipping", "receipt")
"""What most rows decide; `receipt` is a till line's quantity of several with what was charged for all of them."""

BESIDE = {"label_price": "label", "file_price": "price_file"}
"""Surfaces whose price every row of the offer knows: what is charged is held against what is posted and what was sent.

Where a till or a page is seen too, they are no other price of the same channel, but what its price is held against: a till that
differs from its label is a matter of the check kind `scan_accuracy`, not of `conflict`.
"""


def settle(rows: pl.DataFrame) -> pl.DataFrame:
    """`tables.Offers`: one row an item, place, seller and surface, sorted by item and place.

    In: matched rows; those without an item are left out. Each price is the one that most rows stated; of equally frequent ones,
    the one observed last, then the lowest. Everything else (time, provenance, label) comes from the latest row that shows the
    settled `price`.
    """
    # One row at a place is nearly all there is: the others are found beside each other in order, and only they go the long way.
    known = rows.filter(pl.col("item").is_not_null()).with_columns(_PLACED)
    order = known["_placed"].arg_sort()
    placed = known["_placed"].gather(order)
    alone = placed.ne_missing(placed.shift(1)) & placed.ne_missing(placed.shift(-1))
    columns = [*tables.schema("offers"), "_placed"]
    single = _of_one_row(known[order.filter(alone)].lazy()).select(columns)
    if alone.all():
        return single.drop("_placed").collect()
    others = _of_several(known[order.filter(~alone)].lazy()).select(columns)
    others = others.sort("item", "place", "seller", "surface", "source_ref")
    return single.merge_sorted(others, key="_placed").drop("_placed").collect()


_PLACED = (pl.col("item").cast(pl.Int64) * 2**32 + pl.col("place")).alias("_placed")
"""Item and place as one number, in the order of both: sorting by one number is cheaper than by two."""


def _of_several(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Offers of places that show a product more than once: several sellers, surfaces, or lines of a till."""
    rows = rows.with_columns(receipt=_receipt())
    several = rows.group_by(OFFER).len().filter(pl.col("len") > 1).select(OFFER)
    single = rows.join(several, on=OFFER, how="anti", nulls_equal=True)
    voted = _among_surfaces(_voted(rows.join(several, on=OFFER, how="semi", nulls_equal=True)))
    return pl.concat([_of_one_row(single), voted.with_columns(_from_receipt())], how="diagonal")


def _of_one_row(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.with_columns(
        lines=pl.lit(1, pl.Int64),
        member_lines=_reduced().cast(pl.Int64),
        price_low=pl.col("price"),
        price_high=pl.col("price"),
        leading=pl.lit(True),
        **{name: pl.when(pl.col("surface") == surface).then("price") for name, surface in BESIDE.items()},
        **{name: pl.when(pl.col("quantity") > 1).then(name) for name in ("quantity", "paid")},
    )


def _among_surfaces(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of one offer on several surfaces: which one leads, the lowest and highest price of all, a GTIN any of them shows."""
    ranks = {surface: rank for rank, surface in enumerate(tables.SURFACES)}
    rank = pl.col("surface").replace_strict(ranks, return_dtype=pl.Int8)
    # Prices in another currency or with tax are no contradiction.
    alike = [*OFFER, "currency", "tax_included"]
    beside = pl.col("surface").is_in(list(BESIDE.values()))
    # a label and a price file without a till or page before them are all there is, and may contradict each other
    counts = ~beside | beside.all().over(OFFER)
    return rows.with_columns(
        price_low=pl.when(counts).then("price_low").min().over(alike),
        price_high=pl.when(counts).then("price_high").max().over(alike),
        gtin=pl.coalesce("gtin", pl.col("gtin").max().over(OFFER)),
        leading=rank == rank.min().over(OFFER),
        **{name: pl.col("price").filter(pl.col("surface") == of).first().over(alike) for name, of in BESIDE.items()},
    )


def _receipt() -> pl.Expr:
    """Quantity and amount of a line of several units as one value, for they belong together; null for any other line."""
    return pl.when(pl.col("quantity") > 1).then(pl.struct("quantity", "paid"))


def _from_receipt() -> list[pl.Expr]:
    return [pl.col("receipt").struct.field(name) for name in ("quantity", "paid")]


def _reduced() -> pl.Expr:
    """Whether a row shows a member price below what everybody pays."""
    return (pl.col("member_price") < pl.col("price")).fill_null(False)


def _voted(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a key out of several."""
    votes = rows.select(*KEY, "observed_at", *VOTED)
    winners = rows.group_by(KEY).agg(
        pl.len().cast(pl.Int64).alias("lines"),
        _reduced().sum().cast(pl.Int64).alias("member_lines"),
        pl.col("price").min().alias("price_low"),
        pl.col("price").max().alias("price_high"),
    )
    for name in VOTED:
        winners = winners.join(_vote(votes, name), on=KEY, how="left", nulls_equal=True, validate="1:1")
    latest = (
        rows.join(winners.select(*KEY, _settled="price"), on=KEY, how="left", nulls_equal=True, validate="m:1")
        .with_columns(_other=pl.col("price").ne_missing(pl.col("_settled")))
        .sort("_other", "observed_at", "source_ref", *CARRIED, descending=[False, True, False, *(False for _ in CARRIED)])
        .unique(KEY, keep="first", maintain_order=True)
        .drop(*VOTED, "_settled", "_other")
    )
    return latest.join(winners, on=KEY, how="left", nulls_equal=True, validate="1:1")


def _vote(rows: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """`name` as most rows of a key stated it; the rows that did not state it do not vote."""
    return (
        rows.filter(pl.col(name).is_not_null())
        .group_by([*KEY, name])
        .agg(pl.len().alias("_votes"), pl.col("observed_at").max().alias("_last"))
        .sort("_votes", "_last", name, descending=[True, True, False])
        .unique(KEY, keep="first", maintain_order=True)
        .select(*KEY, name)
    )
