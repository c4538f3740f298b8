"""Stores that price alike are a zone, whatever the order they come in."""

from __future__ import annotations

from itertools import combinations
from random import Random

from pricewatch.runs.demo.zones import cluster

NORTH, SOUTH = range(100, 107), range(200, 205)


def pairs(*, stranger: int | None = None) -> list[tuple[int, int, int, int]]:
    """Two groups that differ in 1 % inside and 20 % between; a stranger differs in 30 % from everybody."""
    stores = [*NORTH, *SOUTH, *([stranger] if stranger else [])]

    def differing(left: int, right: int) -> int:
        if stranger in (left, right):
            return 60
        return 2 if (left in NORTH) == (right in NORTH) else 40

    return [(left, right, 200, differing(left, right)) for left, right in combinations(stores, 2)]


def test_two_groups_of_stores_are_two_zones_named_by_size() -> None:
    assert cluster(pairs()) == dict.fromkeys(NORTH, "Z1") | dict.fromkeys(SOUTH, "Z2")


def test_a_store_that_prices_like_nobody_has_no_zone() -> None:
    zones = cluster(pairs(stranger=999))
    assert 999 not in zones
    assert len(zones) == len(NORTH) + len(SOUTH)


def test_zones_do_not_depend_on_the_order_of_pairs() -> None:
    shuffled = pairs(stranger=999)
    Random(4).shuffle(shuffled)
    assert cluster([(right, left, shared, off) for left, right, shared, off in shuffled]) == cluster(pairs(stranger=999))


def test_a_store_seldom_seen_joins_the_zone_it_is_nearest_to() -> None:
    few = [(store, 300, 10, 5 if store in NORTH else 0) for store in (*NORTH, *SOUTH)]
    assert cluster([*pairs(), *few])[300] == "Z2"


def test_without_stores_there_are_no_zones() -> None:
    assert cluster([]) == {}
