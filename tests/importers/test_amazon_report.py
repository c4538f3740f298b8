"""What the cases in amazon_report/ do not show: any bytes, whose files they are, what counts as new."""

from __future__ import annotations

import gzip
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import altered, good_files, mutated

from pricewatch.collect.importers import Reading, read_file
from pricewatch.collect.importers.amazon_report import amazon_report
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source

GOOD = good_files(Path(__file__).parent / "amazon_report")


def read(folder: Path, data: bytes, name: str = "report.txt", **options: object) -> Reading:
    values = {"id": "amazon", "importer": "amazon_report", "market": "de", "channel": "market", "files": "*"}
    path = folder / name
    path.write_bytes(data)
    return read_file(path, name, Source.model_validate(values | {"options": options}))


def test_it_knows_its_files_by_their_columns_or_name():
    known = amazon_report.__dict__["importer"].recognises
    assert known("x.txt", b"item-name\tseller-sku\tprice\n")
    assert known("x.txt", b"sku\tasin\tyour-price\tsales-price\n")
    assert known("GET_MERCHANT_LISTINGS_ALL_DATA_1.txt", b"Artikel")
    assert not known("x.csv", b"sku,price\n")
    assert not known("amazon.txt", b"")


def test_goods_are_new_by_the_declared_conditions(tmp_path):
    data = b"seller-sku\tprice\titem-condition\nS1\t9.00\t11\nS2\t8.00\t2\nS3\t7.00\tNew\nS4\t6.00\t\n"
    assert read(tmp_path, data).rows["sku"].to_list() == ["S1", "S3", "S4"]
    assert read(tmp_path, data, conditions=["2"]).rows["sku"].to_list() == ["S2", "S4"]


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=80) | mutated(GOOD) | altered(GOOD), packed=st.booleans())
def test_whatever_bytes_arrive_they_are_read_or_refused_in_words(tmp_path_factory, data, packed):
    name = "anything.txt.gz" if packed else "anything.txt"
    said = name
    try:
        read(tmp_path_factory.mktemp("amazon"), gzip.compress(data) if packed else data, name)
    except SourceError as error:
        said = str(error)
    assert said.startswith(name)
