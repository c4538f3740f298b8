"""A multibuy compared with a multibuy: its terms, and what the till takes for several units together.

2+1 at 3.99 is 7.98 for three. Six units are four paid, 15.96; a till that gives it once takes 19.95; one that gives it to two
units, or not at all, is wrong in another way. The price of one unit is never held against what a unit costs in a group: that
effective price (2.66) is said for information, and recognised where a channel shows it as the price of one.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain.mechanics import MECHANICS, paid
from pricewatch.domain.rounding import divided as divided_by
from pricewatch.domain.texts import formatted
from pricewatch.engine import wording

GROUPED = tuple(name for name, mechanic in MECHANICS.items() if mechanic.reduces == "group" and name != "bundle")
"""Mechanics that make several units of one product cheaper together."""

TERMS = ("mechanic", "units", "pay", "value")
"""What makes two multibuys the same: `units` is N, k, or from how many on; null where the mechanic has none of it."""

NEEDS = frozenset(
    {"list_price", "expected_price", "expected_member_price", "multibuy_row", "multibuy_quantity", "multibuy_paid", "currency"}
)
"""Columns of judged offers that the functions below read."""

RECEIPT = frozenset({"price", "quantity", "paid", "tolerated_price", "grace", "observed_at", "surface"})
"""Columns that the functions about till receipts read besides."""


def together() -> pl.Expr:
    """Boolean, never null: a multibuy is in force, and what its units cost together is known."""
    return pl.all_horizontal(pl.col(name).is_not_null() for name in ("multibuy_row", "multibuy_quantity", "multibuy_paid"))


def with_terms(offers: pl.LazyFrame, calendar: pl.LazyFrame) -> pl.LazyFrame:
    """Judged offers with the terms of the multibuy in force, from the calendar; null where there is none.

    `due_promotion`, `due_mechanic`, `due_units`, `due_pay`, `due_value`, `due_audience`, `due_since` (UTC).
    """
    rows = calendar.select(
        multibuy_row="promotion_row",
        due_promotion="promotion",
        due_mechanic="mechanic",
        due_units="quantity",
        due_pay="pay",
        due_value="value",
        due_audience="audience",
        due_since="starts_at",
    )
    return offers.join(rows, on="multibuy_row", how="left", validate="m:1")


def with_dues(offers: pl.LazyFrame, calendar: pl.LazyFrame) -> pl.LazyFrame:
    """Only the offers under a multibuy, `with_terms`, and with what a receipt of `quantity` units comes to under it.

    Int64 minor units, null without a receipt: `due` for everybody, `due_of_members`, and `due_once` if the group is given but
    once. Where promotions exclude each other a multibuy is reckoned on the list price, which shows in `multibuy_paid`; the
    customer has the better of it and the price that one unit has.
    """
    count = pl.col("quantity")
    listed = pl.col("due_listed") == pl.col("multibuy_paid")
    # Step by step: each amount is used several times, and one large expression would be worked out again for each.
    return (
        with_terms(offers.filter(together()), calendar)
        .filter(pl.col("due_mechanic").is_not_null())
        .with_columns(due_listed=_cost("list_price", pl.col("multibuy_quantity")))
        .with_columns(due_price=pl.when(listed).then("list_price").otherwise("expected_price"))
        .with_columns(due=_cost("due_price", count), due_once=_cost("due_price", count, times=1))
        .with_columns(
            due=pl.min_horizontal("due", count * pl.col("expected_price")),
            due_once=pl.min_horizontal("due_once", count * pl.col("expected_price")),
            due_of_members=pl.when(pl.col("expected_member_price").is_not_null()).then(
                pl.min_horizontal("due", count * pl.col("expected_member_price"))
            ),
        )
        .drop("due_listed", "due_price")
    )


def _cost(price: str, count: pl.Expr, times: int | None = None) -> pl.Expr:
    value, units, pay = (pl.col(name) for name in ("due_value", "due_units", "due_pay"))
    return paid(pl.col("due_mechanic"), pl.col(price), value, units, pay, count, times=times)


def fresh() -> pl.Expr:
    """Boolean, never null: the channel's grace runs, since the multibuy began or the price changed. In: `with_terms`."""
    begun = pl.col("observed_at") < pl.col("due_since") + pl.col("grace")
    return begun.fill_null(False) | pl.col("tolerated_price").is_not_null()


def divided() -> pl.Expr:
    """Boolean, never null: the receipt's price of one unit is only its amount divided by its units."""
    return ((pl.col("price") * pl.col("quantity") - pl.col("paid")).abs() < pl.col("quantity")).fill_null(False)


def rung() -> pl.Expr:
    """Boolean, never null: a receipt of several units that can be held against the multibuy in force. In: `with_dues`.

    Not while grace runs; nor where the receipt's own price of one unit is wrong, which is another finding.
    """
    several = (pl.col("quantity") > 1).fill_null(False) & pl.col("paid").is_not_null()
    usual = pl.col("price").is_null() | (pl.col("price") == pl.col("expected_price")) | divided()
    return several & usual.fill_null(False) & ~fresh()


def lawful() -> pl.Expr:
    """Boolean, never null: the receipt is what everybody pays, or what card holders pay, or no multibuy that is for them."""
    taken = pl.col("paid")
    without_card = (pl.col("due_audience") != "everyone") & (taken == pl.col("quantity") * pl.col("expected_price"))
    return ((taken == pl.col("due")) | (taken == pl.col("due_of_members")) | without_card).fill_null(False)


def tried() -> pl.Expr:
    """Boolean: enough is shown to say that a multibuy is given; a till must have rung several units under it."""
    return (pl.col("surface") != "till") | pl.col("multibuy_row").is_null() | (pl.col("quantity") > 1).fill_null(False)


def flattened(price: pl.Expr) -> pl.Expr:
    """Boolean, never null: the price of one unit is what a unit costs in the group of the multibuy, rounded either way."""
    units, together = pl.col("multibuy_quantity"), pl.col("multibuy_paid")
    apart = (price * units - together).abs() < units
    return (apart & (price < pl.col("expected_price"))).fill_null(False)


def words(mechanic: pl.Expr, units: pl.Expr, pay: pl.Expr, value: pl.Expr) -> pl.Expr:
    """A multibuy's terms as people say them: `3 for 2`, `3 for 10.00`, `every 2nd at 50 % off`, `from 6 on 4.50 each`."""
    every = formatted("every {}", units) + pl.when(units == 2).then(pl.lit("nd")).when(units == 3).then(pl.lit("rd")).otherwise(
        pl.lit("th")
    )
    return (
        pl.when(mechanic == "n_for_m")
        .then(formatted("{} for {}", units, pay))
        .when(mechanic == "cheapest_free")
        .then(formatted("{} for {}", units, units - 1))
        .when(mechanic == "n_for_price")
        .then(formatted("{} for {}", units, wording.amount(value)))
        .when(mechanic == "nth_unit")
        .then(formatted("{} at {} % off", every, wording.percent(value)))
        .when(mechanic == "tier")
        .then(formatted("from {} on {} each", units, wording.amount(value)))
    )


def terms_due() -> pl.Expr:
    """The terms in the calendar, with the effective price for information: `3 for 10.00, 3.33 each`. In: `with_terms`."""
    units, together = pl.col("multibuy_quantity"), pl.col("multibuy_paid")
    each = wording.amount(divided_by(together, units, "half_up"))
    return formatted("{}, {} each", words(*(pl.col(f"due_{name}") for name in TERMS)), each)


def alike(prefix: str) -> pl.Expr:
    """Boolean, never null: the terms `{prefix}_mechanic`, `_units`, `_pay`, `_value` are those in the calendar. In: `with_terms`.

    N for N-1 by any name is the same: 3 for 2, the third one free, the cheapest of three free.
    """
    said, decided = (_normal(*(pl.col(f"{of}_{name}") for name in TERMS)) for of in (prefix, "due"))
    return pl.all_horizontal(one.eq_missing(other) for one, other in zip(said, decided, strict=True))


def _normal(mechanic: pl.Expr, units: pl.Expr, pay: pl.Expr, value: pl.Expr) -> tuple[pl.Expr, ...]:
    """Terms with one free unit in a group all written as N for N-1, and what a mechanic does not use left out."""
    one_free = (mechanic == "cheapest_free") | ((mechanic == "nth_unit") & (value == 10_000))
    free = one_free.fill_null(False)
    paid_for = (mechanic == "n_for_m").fill_null(False)
    return (
        pl.when(free).then(pl.lit("n_for_m")).otherwise(mechanic),
        units,
        pl.when(free).then(units - 1).when(paid_for).then(pay),
        pl.when(~free & ~paid_for).then(value),
    )
