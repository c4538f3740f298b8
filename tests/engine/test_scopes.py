"""What findings may have in common: their root, their key, their file."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pricewatch.domain import tables
from pricewatch.engine.scopes import every_night, keyed, source_file


def finding(**values: Any) -> pl.DataFrame:
    quiet = {"check": "expected_price", "cause": "unknown", "market": "us", "channel": "store", "location": "0417", "sku": "A1"}
    row = {**quiet, **values}
    return pl.DataFrame([{name: row.get(name) for name in tables.schema("findings")}], schema=tables.schema("findings"))


def key(**values: Any) -> tuple[str, bool]:
    told = keyed(finding(**values)).row(0, named=True)
    return told["key"], told["whole"]


@pytest.mark.parametrize(
    ("source_ref", "file"),
    [
        ("inbox/2026-03-13/0417.csv.gz:812", "inbox/2026-03-13/0417.csv.gz"),
        ("prices:2", "prices"),
        ("https://shop.example/p/4711", "tills"),
        ("http://127.0.0.1:8765", "tills"),
        ("inbox/no-line.csv", "tills"),
        (None, "tills"),
    ],
)
def test_the_file_of_a_row_is_its_reference_without_the_line_and_of_a_page_its_source(source_ref: str | None, file: str) -> None:
    given = pl.DataFrame({"source": ["tills"], "source_ref": [source_ref]}, schema_overrides={"source_ref": pl.String})
    assert given.select(source_file(pl.col("source"), pl.col("source_ref"))).item() == file


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("inbox/2026-03-13/0417.csv", "inbox/*/0417.csv"),
        ("inbox/prices_20260313.csv", "inbox/prices_*.csv"),
        ("inbox/prices_2026_03_13_0417.csv", "inbox/prices_*_0417.csv"),
        ("inbox/0417.csv", "inbox/0417.csv"),
        ("inbox/20261399.csv", "inbox/20261399.csv"),
    ],
)
def test_a_file_has_one_name_on_every_night(file: str, name: str) -> None:
    assert pl.select(every_night(pl.lit(file))).item() == name


def test_a_root_is_the_key_whatever_the_cause_and_the_check() -> None:
    root = "price change 2026-03-09"
    for check in ("reference_price", "channel_parity"):
        assert key(check=check, cause="previous_list_price", cause_root=root) == (root, True)


def test_another_zones_price_is_another_fault_in_each_place() -> None:
    assert key(cause="other_zones_price", cause_root="zone Z2") == ("zone Z2", False)


def test_without_a_root_the_cause_is_the_key_and_without_a_cause_the_check() -> None:
    assert key(cause="decimal_shift", check="channel_parity") == ("cause decimal_shift", False)
    assert key(check="channel_parity") == ("check channel_parity", False)


def test_what_is_found_of_a_promotion_goes_back_to_it_also_when_no_price_proves_it() -> None:
    assert key(check="promotion_missing", promotion="P-1") == ("promotion P-1", True)
    # A decimal point that moved is no promotion's fault, and a promotion in force is none of what else is wrong.
    assert key(check="promotion_missing", promotion="P-1", cause="decimal_shift") == ("cause decimal_shift", False)
    assert key(check="expected_price", promotion="P-1") == ("check expected_price", False)


def test_a_file_of_today_and_of_yesterday_are_one_root() -> None:
    roots = [key(cause="bad_import", cause_root=f"file inbox/2026-03-{day}/a.csv")[0] for day in (12, 13)]
    assert roots == ["file inbox/*/a.csv"] * 2


def test_findings_of_one_offer_count_as_one_offer() -> None:
    found = pl.concat([finding(check="expected_price"), finding(check="unit_price"), finding(sku="A2"), finding(location=None)])
    assert keyed(found)["offer"][0] == keyed(found)["offer"][1]
    assert keyed(found)["offer"].n_unique() == 3
