"""Reading every wording once gives what reading row by row gives."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pricewatch.domain import tables
from pricewatch.engine import codes
from pricewatch.engine.gather import gather
from pricewatch.engine.match import match
from pricewatch.engine.normalise import normalise
from pricewatch.testing import NIGHT, central, channel, source, world

PRODUCTS = """
sku  external_id  gtin
A    ext-a        4006381333931
B    ext-b        .
"""
WORLD = world(
    central(products=PRODUCTS, locations="location  zone\n0001  Z1\n0002  Z1"),
    [channel("store"), channel("web", own_seller="us")],
    [source("tills", "store", surface="till"), source("web", "web", surface="html"), source("label", "store", surface="label")],
)
AHEAD = f"{NIGHT + timedelta(days=400)}T00:00:00"
SAID = {
    "source": st.sampled_from(["tills", "web", "label"]),
    "location": st.sampled_from([None, "0001", " 0001 ", "0002", "9999", ""]),
    "sku": st.sampled_from([None, "A", "B", "unknown"]),
    "external_id": st.sampled_from([None, "ext-a"]),
    "gtin": st.sampled_from([None, "4006381333931", "1"]),
    "price_text": st.sampled_from([None, "9.99", "9.99 EUR", "9,99,9", "-1", "9.99 USD", ""]),
    "regular_price_text": st.sampled_from([None, "12.99"]),
    "unit_price_text": st.sampled_from([None, "0.235", "x"]),
    "currency": st.sampled_from([None, "EUR", "XXY"]),
    "surface": st.sampled_from([None, "jsonld", "wallpaper"]),
    "seller": st.sampled_from([None, "us", "them"]),
    "observed_at": st.sampled_from([None, "2026-03-12T08:00:00", "no time", AHEAD]),
    "collected_at": st.sampled_from([None, "2026-03-13T03:00:00+00:00"]),
}
ROWS = st.lists(st.fixed_dictionaries(SAID), max_size=25)


@given(ROWS)
def test_what_is_read_once_for_all_rows_alike_is_what_each_row_says(said: list[dict[str, str | None]]) -> None:
    refs = [{**row, "source_ref": f"file:{at}"} for at, row in enumerate(said)]
    raw = pl.DataFrame(refs, schema=tables.schema("raw")) if refs else tables.empty("raw")
    items, places = codes.item_codes(WORLD), codes.place_codes(WORLD)
    each = match(normalise(raw.lazy(), WORLD).offers, WORLD, items, places).collect()
    assert_frame_equal(gather(raw, WORLD, items, places), each, check_column_order=False)


def test_the_rows_asked_for_are_of_all_kinds() -> None:
    """Nothing would be held against nothing if no row could be read, or all could."""
    rows = [
        {"source": "tills", "location": "0001", "sku": "A", "price_text": "9.99", "observed_at": "2026-03-12T08:00:00"},
        {"source": "tills", "location": "9999", "sku": "A", "price_text": "9.99", "observed_at": "2026-03-12T08:00:00"},
        {"source": "tills", "location": "0001", "sku": "A", "price_text": "9.99", "observed_at": AHEAD},
        {"source": "tills", "location": "0001", "sku": "A", "price_text": "-1", "observed_at": "2026-03-12T08:00:00"},
    ]
    raw = pl.DataFrame([{**row, "source_ref": f"file:{at}"} for at, row in enumerate(rows)], schema=tables.schema("raw"))
    found = gather(raw, WORLD, codes.item_codes(WORLD), codes.place_codes(WORLD))
    assert found.select("row", "item", "location", "price").rows() == [(0, 0, "0001", 999)]
