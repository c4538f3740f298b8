"""Codes of SKUs and places are given once and never change."""

from dataclasses import replace

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.domain import tables
from pricewatch.engine.codes import item_codes, place_codes
from pricewatch.engine.world import ITEMS, PLACES, Central, World
from pricewatch.testing import central, channel, source, world

CHANNELS = [channel("web"), channel("store")]
SOURCES = [source("web", "web")]


def catalogue(skus: list[str]) -> World:
    none = tables.empty("products")
    products = pl.DataFrame({"sku": skus}, schema={"sku": pl.String})
    others = [pl.lit(None, dtype).alias(name) for name, dtype in none.schema.items() if name != "sku"]
    return world(Central(products=products.with_columns(others).select(none.columns)), CHANNELS, SOURCES)


skus = st.lists(st.text("AB01", min_size=1, max_size=3), unique=True, max_size=12)


@given(skus, skus, st.randoms(use_true_random=False))
def test_a_code_once_given_stays_and_new_products_get_the_next(first: list[str], second: list[str], shuffle: object) -> None:
    before = item_codes(catalogue(first))
    after = item_codes(replace(catalogue(second), items=before))
    assert after.schema == ITEMS
    assert after.head(before.height).equals(before)
    assert after["item"].to_list() == list(range(len(set(first) | set(second))))
    assert set(after["sku"]) == set(first) | set(second)
    mixed = list(second)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    assert item_codes(replace(catalogue(mixed), items=before)).equals(after)


def test_codes_go_on_after_the_highest_that_was_ever_given() -> None:
    kept = pl.DataFrame({"item": [7, 3], "sku": ["Z9", "Z3"]}, schema=ITEMS)
    assert item_codes(replace(catalogue(["A1", "Z3"]), items=kept)).rows() == [(7, "Z9"), (3, "Z3"), (8, "A1")]


def test_a_place_is_a_channel_or_each_of_its_stores() -> None:
    stores = central(locations="location  zone\n0417  Z1\n001  Z2")
    first = place_codes(world(stores, CHANNELS, SOURCES))
    assert first.schema == PLACES
    assert first.select("place", "channel", "location").rows() == [(0, "store", "0417"), (1, "store", "001"), (2, "web", None)]
    more = central(locations="location  zone\n0002  Z1\n0417  Z1")
    again = place_codes(world(more, [*CHANNELS, channel("app")], SOURCES, places=first))
    assert again.head(3).equals(first)
    assert again.select("place", "channel", "location").rows()[3:] == [(3, "app", None), (4, "store", "0002")]


def test_no_catalogue_and_no_channels_have_no_codes() -> None:
    nothing = World(night=catalogue([]).night, as_of=catalogue([]).as_of)
    assert (item_codes(nothing).height, place_codes(nothing).height) == (0, 0)
