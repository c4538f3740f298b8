"""Which items a store checks by hand: a sample drawn by chance, department by department, the same whenever it is drawn again.

    store 0417, 4 registers, 1 000 items (600 food, 300 home, 100 toys), 25 to check     15 food, 8 home, 2 toys

Departments are drawn in proportion to their items, by largest remainder. Chance is a hash of seed, store and SKU: one seed gives
one sample on every machine, another seed another one, and a store's sample does not change with what other stores sell.

Sample sizes: California B&P 13350 asks for at least 10 items in stores of up to 3 registers, 25 of up to 9, 50 of more, at most
half of them on sale. NIST Handbook 130 commonly takes 50, then 100; `Sizes((), 50)` is 50 everywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from pricewatch.domain import identifiers
from pricewatch.domain.money import BASIS_POINTS
from pricewatch.engine.accuracy import REFERENCES, Reference, lowest

STORE = ["market", "location"]
DEPARTMENT = [*STORE, "department"]


@dataclass(frozen=True)
class Sizes:
    """How many items of a store are drawn, by its registers."""

    by_registers: Sequence[tuple[int, int]] = ((3, 10), (9, 25))
    """Up to so many registers, so many items; from few to many."""
    beyond: int = 50
    """With more registers, or where nobody says how many there are."""
    reduced_at_most: int = 5_000
    """Basis points of the items that may be on sale; 10 000 = any number."""

    def of(self, registers: pl.Expr) -> pl.Expr:
        """Int64: the number of items."""
        size = pl.lit(self.beyond, pl.Int64)
        for most, items in reversed(self.by_registers):
            size = pl.when(registers <= most).then(pl.lit(items, pl.Int64)).otherwise(size)
        return size


def population(offers: pl.LazyFrame, *, among: Collection[Reference] = REFERENCES) -> pl.LazyFrame:
    """Every item of every store whose price somebody promised: what `sample` draws from.

    In: judged offers (`engine.expect`) joined with `rules.products` (`sku`, `name`, `category`, `catalogue_gtin`). Out: `item`,
    `place`, `market`, `location`, `department` (the category), `sku`, `gtin` (14 digits), `name`, `currency`, `promised` (Int64
    minor units: the lowest of shelf label, price file and decided price, as `accuracy.lowest`), `reduced` (Boolean: on sale).
    Left out: channels without stores, other sellers, other currencies or tax bases, items of which nobody stated a price.
    """
    return (
        offers.filter(pl.col("seller").is_null(), pl.col("comparable"), pl.col("location").is_not_null())
        .select(
            "item",
            "place",
            "market",
            "location",
            "sku",
            "name",
            "currency",
            department="category",
            gtin=identifiers.gtin_text(pl.col("catalogue_gtin")),
            promised=lowest("price", among),
            reduced=(pl.col("expected_price") < pl.col("list_price")).fill_null(False),
        )
        .filter(pl.col("promised").is_not_null())
    )


def sample(items: pl.DataFrame, *, seed: str, sizes: Sizes | None = None, registers: pl.DataFrame | None = None) -> pl.DataFrame:
    """The items each store checks, in the order in which they are looked for: by department, then SKU.

    In: `population`, collected; `registers`: `market`, `location`, `registers` (Int64), for stores that have said how many. Out:
    the same columns, and `line` (Int64, from 1 in each store). A store with fewer items than its sample checks all of them, less
    those on sale beyond their share.
    """
    sizes = sizes or Sizes()
    known = pl.DataFrame(schema={"market": pl.String, "location": pl.String, "registers": pl.Int64})
    drawn = (
        items.join(known if registers is None else registers, on=STORE, how="left", validate="m:1")
        .with_columns(_drawn(items, seed), _size=sizes.of(pl.col("registers")))
        .sort(*STORE, "_drawn", "sku")
    )
    turn = pl.int_range(1, pl.len() + 1).over([*STORE, "reduced"])
    on_sale = pl.col("_size") * sizes.reduced_at_most // BASIS_POINTS
    admitted = drawn.filter(~pl.col("reduced") | (turn <= on_sale))
    taken = admitted.join(_quotas(admitted), on=DEPARTMENT, how="inner", nulls_equal=True, validate="m:1")
    taken = taken.filter(pl.int_range(1, pl.len() + 1).over(DEPARTMENT) <= pl.col("_quota"))
    ordered = taken.sort(*DEPARTMENT, "sku", nulls_last=True)
    line = pl.int_range(1, pl.len() + 1).over(STORE).alias("line")
    return ordered.select(*items.columns, line.cast(pl.Int64))


def _drawn(items: pl.DataFrame, seed: str) -> pl.Series:
    """A number by chance for each item: the same for one seed, store and SKU in every version of every library."""
    keys = items.select(pl.concat_str(pl.lit(seed), *STORE, "sku", separator="\x1f")).to_series()
    numbers = [int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) for key in keys]
    return pl.Series("_drawn", numbers, pl.UInt64)


def _quotas(items: pl.DataFrame) -> pl.DataFrame:
    """`DEPARTMENT`, `_quota`: each department's share of its store's sample, by largest remainder, so that they sum up exactly.

    Of equal remainders the department with more items comes first, then by name.
    """
    departments = items.group_by(DEPARTMENT).agg(pl.len().cast(pl.Int64).alias("_items"), pl.col("_size").first())
    every = pl.col("_items").sum().over(STORE)
    size = pl.min_horizontal("_size", every)
    shares = departments.with_columns(
        _size=size, _quota=size * pl.col("_items") // every, _remainder=size * pl.col("_items") % every
    ).sort(*STORE, "_remainder", "_items", "department", descending=[False, False, True, True, False], nulls_last=True)
    left = pl.col("_size") - pl.col("_quota").sum().over(STORE)
    first = pl.int_range(1, pl.len() + 1).over(STORE) <= left
    return shares.select(*DEPARTMENT, pl.col("_quota") + first.cast(pl.Int64))
