"""Which stores price alike? The price zones, which the data has but does not name.

Two stores of a zone show different regular prices for 3 to 5 % of the products both sold in a week, two stores of different
zones for 12 to 33 %. Stores are joined, nearest groups first, until the nearest two groups differ in more than `CORE`;
groups of at least `SMALLEST` stores are zones. A store left over joins the zone it is nearest to, unless that differs in more
than `ADMITTED`: such a store has no zone and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

CORE = 0.04
ADMITTED = 0.10
SMALLEST = 5

Pair = tuple[int, int]


def disagreements(lines: pl.LazyFrame) -> pl.DataFrame:
    """How often two stores' regular prices differ. In: till lines. Out: one row a pair: left, right, shared, differing.

    A store's price of a product and week is what most of its lines show. One cent apart is the rounding of a multi-buy.
    """
    shown = (
        lines.group_by("store_id", "product_id", "week", "regular_price")
        .len()
        .sort("store_id", "product_id", "week", "len", "regular_price", descending=[False, False, False, True, False])
        .unique(["store_id", "product_id", "week"], keep="first", maintain_order=True)
        .select("store_id", "product_id", "week", "regular_price")
        .collect()
        .lazy()
    )
    apart = (pl.col("regular_price") - pl.col("regular_price_right")).abs() > 1
    return (
        shown.join(shown, on=["product_id", "week"])
        .filter(pl.col("store_id") < pl.col("store_id_right"))
        .group_by(left="store_id", right="store_id_right")
        .agg(shared=pl.len(), differing=apart.sum())
        .sort("left", "right")
        .collect()
    )


def cluster(pairs: Iterable[tuple[int, int, int, int]]) -> dict[int, str]:
    """Zone of each store, named Z1, Z2 ... by size. In: (left, right, shared, differing) a pair of stores; order is no matter."""
    apart = {(min(a, b), max(a, b)): (shared, differing) for a, b, shared, differing in pairs if shared}
    groups = {store: [store] for pair in sorted(apart) for store in pair}
    between = dict(apart)
    while between:
        nearest = min(between, key=lambda pair: (between[pair][1] / between[pair][0], pair))
        shared, differing = between.pop(nearest)
        if differing / shared > CORE:
            break
        kept, joined = nearest
        groups[kept] += groups.pop(joined)
        for other in groups:
            tie = between.pop((min(joined, other), max(joined, other)), (0, 0))
            if other != kept and tie[0]:
                pair = (min(kept, other), max(kept, other))
                before = between.get(pair, (0, 0))
                between[pair] = (before[0] + tie[0], before[1] + tie[1])
    cores = [sorted(group) for group in groups.values() if len(group) >= SMALLEST]
    rest = sorted(store for group in groups.values() if len(group) < SMALLEST for store in group)
    admitted = _admit(rest, cores, apart)
    zones = sorted((core + admitted[n] for n, core in enumerate(cores)), key=lambda zone: (-len(zone), min(zone)))
    return {store: f"Z{n}" for n, zone in enumerate(zones, start=1) for store in sorted(zone)}


def _admit(rest: list[int], cores: list[list[int]], apart: dict[Pair, tuple[int, int]]) -> list[list[int]]:
    """For each core the left-over stores that are nearest to it and near enough."""
    admitted: list[list[int]] = [[] for _ in cores]
    for store in rest:
        ties = [[apart.get((min(store, peer), max(store, peer)), (0, 0)) for peer in core] for core in cores]
        sums = [(sum(shared for shared, _ in tie), sum(differing for _, differing in tie)) for tie in ties]
        share, n = min(((d / s, n) for n, (s, d) in enumerate(sums) if s), default=(1.0, -1))
        if share <= ADMITTED:
            admitted[n].append(store)
    return admitted


def find_zones(lines: pl.LazyFrame) -> pl.DataFrame:
    """One row a store with a zone: store_id, zone. Sorted by store."""
    zone_of = cluster(disagreements(lines).iter_rows())
    return pl.DataFrame({"store_id": list(zone_of), "zone": list(zone_of.values())}, orient="col").sort("store_id")
