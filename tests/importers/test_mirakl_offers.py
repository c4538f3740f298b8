"""What the cases in mirakl_offers/ do not show: any bytes, whose offers there are, and the engine behind it."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import altered, good_files, mutated
from test_store_files_are_understood import rows_of

from pricewatch.collect.importers import Reading, read_file
from pricewatch.collect.importers.mirakl_offers import mirakl_offers
from pricewatch.domain import tables
from pricewatch.domain.errors import SourceError
from pricewatch.engine.normalise import normalise
from pricewatch.testing import central, channel, source, world
from pricewatch.workspace.config import Source

GOOD = good_files(Path(__file__).parent / "mirakl_offers")
NAMED = b"offer-id;product-sku;shop-sku;shop-id;shop-name;price\n1;P1;S1;1;Our Shop;5.00\n2;P1;S2;2;Another;4.00\n"


def read(folder: Path, data: bytes, name: str = "offers.csv", **options: object) -> Reading:
    values = {"id": "market", "importer": "mirakl_offers", "market": "fr", "channel": "market", "files": "*"}
    path = folder / name
    path.write_bytes(data)
    return read_file(path, name, Source.model_validate(values | {"options": options}))


def test_it_knows_its_files_by_their_columns():
    known = mirakl_offers.__dict__["importer"].recognises
    assert known("export.csv", b"offer-id;product-sku;shop-sku;price\n")
    assert not known("export.csv", b"sku;price\n")


def test_our_own_offers_have_no_seller_and_only_theirs_is_not_our_sku(tmp_path):
    rows = read(tmp_path, NAMED, own_sellers=["our  shop"], sku="shop-sku").rows
    assert rows.select("seller", "sku", "external_id").rows() == [(None, "S1", "P1"), ("Another", None, "P1")]
    assert read(tmp_path, NAMED).rows["seller"].to_list() == ["Our Shop", "Another"]


def test_an_offer_is_left_out_before_and_after_its_dates(tmp_path):
    head = b"offer-id;product-sku;price;available-start-date;available-end-date\n"
    rows = (
        b"1;P1;5.00;2020-01-01T00:00:00Z;2021-01-01T00:00:00Z\n2;P2;5.00;2020-01-01T00:00:00Z;\n3;P3;5.00;9999-01-01T00:00:00Z;\n"
    )
    assert read(tmp_path, head + rows).rows["external_id"].to_list() == ["P2"]


def test_a_decimal_comma_where_a_point_is_declared_refuses_its_row_alone():
    rows = rows_of("mirakl_offers", "of54_20260314.csv")
    raw = rows.select(
        pl.col(name) if name in rows.columns else pl.lit(None, pl.String).alias(name) for name in tables.schema("raw")
    )
    declared = source("case", "market", surface="feed", currency="EUR", decimal=".")
    found = normalise(raw.lazy(), world(central(), [channel("market", kind="marketplace")], [declared]))
    assert found.offers.collect().select("price", "was_price", "seller").rows() == [
        (800, 1000, None),
        (950, None, "Elsewhere Ltd"),
    ]
    assert "'108,56'" in found.quarantine.collect()["reason"].item()


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=80) | mutated(GOOD) | altered(GOOD), channel=st.sampled_from([None, "FR"]), packed=st.booleans())
def test_whatever_bytes_arrive_they_are_read_or_refused_in_words(tmp_path_factory, data, channel, packed):
    name = "anything.csv.gz" if packed else "anything.csv"
    said = name
    try:
        read(tmp_path_factory.mktemp("mirakl"), gzip.compress(data) if packed else data, name, mirakl_channel=channel)
    except SourceError as error:
        said = str(error)
    assert said.startswith(name)
