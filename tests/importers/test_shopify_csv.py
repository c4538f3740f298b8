"""What the cases in shopify_csv/ do not show: any bytes, and whose files they are."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import altered, good_files, mutated

from pricewatch.collect.importers import Reading, read_file
from pricewatch.collect.importers.shopify_csv import shopify_csv
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source

GOOD = good_files(Path(__file__).parent / "shopify_csv")


def read(folder: Path, data: bytes, name: str = "export.csv", **options: object) -> Reading:
    values = {"id": "shop", "importer": "shopify_csv", "market": "fr", "channel": "web", "files": "*"}
    path = folder / name
    path.write_bytes(data)
    return read_file(path, name, Source.model_validate(values | {"options": options}))


def test_it_knows_its_files_by_their_columns_or_name():
    known = shopify_csv.__dict__["importer"].recognises
    assert known("x.csv", b"URL handle,Title,SKU,Price,Compare-at price\n")
    assert known("x.csv", b"Handle,Title,Variant SKU,Variant Price\n")
    assert known("products_export_1.csv", b"Title")
    assert not known("products_export_1.csv", b"")
    assert not known("products.csv", b"sku,price\n")


@pytest.mark.parametrize(
    ("quantity", "selling_on", "tracker", "told"),
    [
        ("3", "DENY", "shopify", "true"),
        ("0", "DENY", "shopify", "false"),
        ("-2", "DENY", "shopify", "false"),
        ("-2", "CONTINUE", "shopify", "true"),
        ("0", "DENY", "", None),
        ("", "DENY", "shopify", None),
    ],
)
def test_stock_says_what_can_be_bought_where_it_is_counted(tmp_path, quantity, selling_on, tracker, told):
    header = "Handle,Variant SKU,Variant Price,Variant Inventory Qty,Variant Inventory Policy,Variant Inventory Tracker"
    data = f"{header}\ntea,T1,4.90,{quantity},{selling_on},{tracker}\n".encode()
    assert read(tmp_path, data).rows["availability"].to_list() == [told]


@settings(max_examples=200, deadline=None)
@given(
    data=st.binary(max_size=80) | mutated(GOOD) | altered(GOOD), market=st.sampled_from([None, "France"]), packed=st.booleans()
)
def test_whatever_bytes_arrive_they_are_read_or_refused_in_words(tmp_path_factory, data, market, packed):
    name = "anything.csv.gz" if packed else "anything.csv"
    said = name
    try:
        read(tmp_path_factory.mktemp("shopify"), gzip.compress(data) if packed else data, name, shopify_market=market)
    except SourceError as error:
        said = str(error)
    assert said.startswith(name)
