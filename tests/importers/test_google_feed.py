"""What the cases in google_feed/ do not show: any bytes, when a feed was made, and the engine behind it."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import altered, good_files, mutated
from test_store_files_are_understood import offers_of

from pricewatch.collect.google_groups import unit_price
from pricewatch.collect.importers import Reading, read_file
from pricewatch.collect.importers.google_feed import google_feed
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source

GOOD = good_files(Path(__file__).parent / "google_feed")
SALE = b"id\tprice\tsale_price\tsale_price_effective_date\nA1\t15.00 EUR\t12.00 EUR\t2026-03-01T00:00Z/2026-03-15T00:00Z\n"


def read(folder: Path, data: bytes, name: str, options: dict[str, str] | None = None, **declared: object) -> Reading:
    values = {"id": "ads", "importer": "google_feed", "market": "fr", "channel": "web", "files": "*", "options": options or {}}
    path = folder / name
    path.write_bytes(data)
    return read_file(path, name, Source.model_validate(values | declared))


def test_it_knows_its_files_by_namespace_columns_or_name():
    known = google_feed.__dict__["importer"].recognises
    assert known("products.xml", b'<rss xmlns:g="http://base.google.com/ns/1.0">')
    assert known("stores.txt", b"Store code\tid\tprice\n")
    assert not known("prices.xml", b"<Root>")
    assert not known("prices.csv", b"sku,price\n")


@pytest.mark.parametrize(
    ("written", "price"),
    [("2026-03-14T23:59:59", "12.00 EUR"), ("2026-03-15T00:00:00", "15.00 EUR"), ("2026-02-28", "15.00 EUR")],
)
def test_a_feed_that_says_no_time_tells_of_when_it_was_last_written(tmp_path, written, price):
    (tmp_path / "x.tsv").write_bytes(SALE)
    at = datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp()
    os.utime(tmp_path / "x.tsv", (at, at))
    source = Source.model_validate({"id": "a", "importer": "google_feed", "market": "fr", "channel": "web", "files": "*"})
    row = read_file(tmp_path / "x.tsv", "x.tsv", source).rows.row(0, named=True)
    assert (row["price_text"], row["observed_at"]) == (price, None)


@pytest.mark.parametrize(
    ("made_at", "name", "said"),
    [
        ("_%Y%m%d", "x.tsv", "its path has no time as made_at declares it"),
        ("_%Y%m%d", "x_20269999.tsv", "which is no time"),
        ("%y", "x.tsv", "%y is not known"),
    ],
)
def test_a_time_that_is_not_where_it_is_declared_refuses_the_file(tmp_path, made_at, name, said):
    with pytest.raises(SourceError, match=said):
        read(tmp_path, SALE, name, {"made_at": made_at}, time_zone="Europe/Paris")


def test_a_time_in_the_path_needs_a_zone(tmp_path):
    with pytest.raises(SourceError, match="no declared time zone"):
        read(tmp_path, SALE, "x_20260314.tsv", {"made_at": "_%Y%m%d"})


def test_the_declared_tier_is_the_members(tmp_path):
    data = b"id\tprice\tloyalty_program\nA1\t11.00 EUR\tclub:gold:9.00 EUR,club:silver:10.00 EUR\n"
    assert read(tmp_path, data, "x.tsv").rows["member_price_text"].to_list() == [None]
    assert read(tmp_path, data, "x.tsv", {"member_tier": "club/silver"}).rows["member_price_text"].to_list() == ["10.00 EUR"]


@settings(max_examples=200, deadline=None)
@given(cents=st.integers(0, 10**7), measure=st.integers(1, 10**5), base=st.sampled_from([1, 10, 100, 2, 4, 8]))
def test_a_unit_price_is_price_times_base_by_measure(cents, measure, base):
    found = unit_price(f"{cents // 100}.{cents % 100:02} EUR", f"{measure}ml", f"{base}l")
    exact = Decimal(cents) / 100 * base * 1000 / measure
    assert abs(Decimal(found) - exact) <= Decimal("0.0000005")


def test_a_unit_price_of_another_measure_or_of_nothing_is_none():
    assert unit_price("3.00 USD", "150 floz", "100 floz") == "2"
    assert unit_price("9.00 EUR", "75cl", "100g") is None
    assert unit_price("9.00 EUR", "0ml", "100ml") is None
    assert unit_price("9.00", "75cl", "100ml") is None


def test_the_engine_reads_what_a_store_feed_tells():
    offers, refused = offers_of("google_feed", "google_local_20260314.txt", currency="USD")
    assert refused.is_empty()
    assert offers.select("external_id", "location", "regular_price", "price", "was_price", "available").rows() == [
        ("A1", "0417", 1299, 999, 1299, True),
        ("A3", "0031", 300, 250, 300, True),
    ]


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=80) | mutated(GOOD) | altered(GOOD), packed=st.booleans())
def test_whatever_bytes_arrive_they_are_read_or_refused_in_words(tmp_path_factory, data, packed):
    name = "anything.xml.gz" if packed else "anything.xml"
    said = name
    try:
        read(tmp_path_factory.mktemp("google"), gzip.compress(data) if packed else data, name)
    except SourceError as error:
        said = str(error)
    assert said.startswith(name)
