"""What the cases in price_transparency/ do not show: any bytes, the names of files, and flat memory."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import altered, good_files, mutated

from pricewatch.collect.importers import Reading, read_file
from pricewatch.collect.importers.price_transparency import price_transparency
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source

GOOD = good_files(Path(__file__).parent / "price_transparency")
FEEDS = ("offers", "promotions", "locations")


def read(folder: Path, data: bytes, name: str, feeds: str = "offers", **options: object) -> Reading:
    values = {"id": "chain", "importer": "price_transparency", "market": "il", "channel": "store", "files": "*"}
    path = folder / name
    path.write_bytes(data)
    return read_file(path, name, Source.model_validate(values | {"feeds": feeds, "options": options}))


def test_it_knows_its_files_by_type_and_chain():
    known = price_transparency.__dict__["importer"].recognises
    assert known("PriceFull7290172900007-083-202409270311.xml", b"<")
    assert known("price7290172900007-083-202409270311", b"<")
    assert known("Stores7290027600007-000-202410020201.gz", b"\x1f\x8b")
    assert not known("prices_0313.csv", b"sku")
    assert not known("PriceList.xml", b"<")


ONE = b"<Root><Items><Item><ItemCode>1</ItemCode><ItemPrice>2.00</ItemPrice></Item></Items></Root>"


@pytest.mark.parametrize(
    ("name", "store", "time"),
    [
        ("Price7290725900003-9032-202410021600", "9032", "2024-10-02T16:00:00"),
        ("PriceFull7290058249350-000-038-20260217-000027.xml", "038", "2026-02-17T00:00:27"),
        ("PriceFull7290058249350-038-20260217-0012.xml", "038", "2026-02-17T00:12:00"),
        ("PriceFull7290058249350-038-20260217001201.xml", "038", "2026-02-17T00:12:01"),
        ("PriceFull7290058249350.xml", None, None),
        ("anything.xml", None, None),
    ],
)
def test_the_name_says_store_and_time(tmp_path, name, store, time):
    row = read(tmp_path, ONE, name).rows.row(0, named=True)
    assert (row["location"], row["observed_at"]) == (store, time)


def test_what_is_large_and_gives_nothing_is_not_empty(tmp_path):
    quiet = b"<Root><Items/></Root>"
    assert read(tmp_path, quiet, "Price7290725900003-1-202410021600").seen == 0
    with pytest.raises(SourceError, match="holds no price record"):
        read(tmp_path, b"<Root><Items>" + b"<Artikel>1</Artikel>" * 400 + b"</Items></Root>", "Price7290725900003-1-202410021600")


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=80) | mutated(GOOD) | altered(GOOD), feeds=st.sampled_from(FEEDS), packed=st.booleans())
def test_whatever_bytes_arrive_they_are_read_or_refused_in_words(tmp_path_factory, data, feeds, packed):
    name = "anything.xml.gz" if packed else "anything.xml"
    said = name
    try:
        read(tmp_path_factory.mktemp("chain"), gzip.compress(data) if packed else data, name, feeds)
    except SourceError as error:
        said = str(error)
    assert said.startswith(name)
