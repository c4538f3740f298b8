"""Which product a row is about: our SKU, then the channel's id, then the GTIN."""

import pytest

from pricewatch.engine import codes
from pricewatch.engine.match import match, unmatched
from pricewatch.engine.normalise import normalise
from pricewatch.testing import central, channel, raw, source, world

WORLD = world(
    central(
        products="""
        sku  external_id  gtin
        A1   4711         00036000291452
        A2   4712         00000096385074
        A3   -            -
        A4   A3           -
        A5   twin         04006381333931
        A6   twin         04006381333931
    """,
        locations="location  zone\n0417  Z1",
    ),
    [channel("web"), channel("store")],
    [source("web", "web", surface="html"), source("tills", "store", surface="till")],
)


def matched(text: str, of: str = "web") -> tuple[list[str], list[str]]:
    """SKUs of the rows that name a product, and the reasons of those that don't."""
    items, places = codes.item_codes(WORLD), codes.place_codes(WORLD)
    rows = match(normalise(raw(text, source=of).lazy(), WORLD).offers, WORLD, items, places).collect()
    known, unknown = rows.drop_nulls("item").drop("sku"), unmatched(rows)
    assert rows["place"].null_count() == 0
    assert known.height + unknown.height == rows.height
    return known.join(items, on="item").sort("source_ref")["sku"].to_list(), unknown.sort("source_ref")["reason"].to_list()


@pytest.mark.parametrize(
    ("text", "sku"),
    [
        ("sku  price\nA1  1.00", "A1"),
        ("external_id  price\n4711  1.00", "A1"),
        ("external_id  price\nA2  1.00", "A2"),
        ("gtin  price\n036000291452  1.00", "A1"),
        ("gtin  price\n96385074  1.00", "A2"),
        ("sku  external_id  gtin  price\nA1  4712  96385074  1.00", "A1"),
        ("external_id  gtin  price\n4711  96385074  1.00", "A1"),
        ("sku  external_id  price\nnone  4712  1.00", "A2"),
        ("sku  external_id  gtin  price\nnone  none  96385074  1.00", "A2"),
        # A3 is a SKU, and A4's external id: the SKU wins.
        ("external_id  price\nA3  1.00", "A3"),
    ],
)
def test_a_product_is_named_by_sku_before_external_id_before_gtin(text: str, sku: str) -> None:
    assert matched(text) == ([sku], [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("external_id  price\n9999  1.00", "id '9999' is not in the catalogue"),
        ("sku  price\nB1  1.00", "SKU 'B1' is not in the catalogue"),
        ("gtin  price\n4006381333931  1.00", "GTIN 4006381333931 is not in the catalogue"),
        ("external_id  price\ntwin  1.00", "id 'twin' is not in the catalogue"),
        ("gtin  price\nN/A  1.00", "GTIN 0 is not in the catalogue"),
        ("sku  external_id  gtin  price\nB1  9  12345670  1.00", "SKU 'B1', id '9', GTIN 12345670 is not in the catalogue"),
        ("name  price\nEspresso  1.00", "the row names no product"),
    ],
)
def test_a_row_of_an_unknown_product_is_kept_and_says_what_it_names(text: str, reason: str) -> None:
    assert matched(text) == ([], [reason])


def test_a_gtin_or_id_that_two_products_share_names_neither_but_their_skus_do() -> None:
    assert matched("sku  gtin  price\nA5  4006381333931  1.00\nA6  4006381333931  2.00") == (["A5", "A6"], [])


def test_rows_in_are_rows_out_and_each_has_its_place() -> None:
    known, unknown = matched("sku  location  price\nA1  0417  1.00\nB1  0417  1.00\nA2  0417  1.00", of="tills")
    assert (len(known), len(unknown)) == (2, 1)
