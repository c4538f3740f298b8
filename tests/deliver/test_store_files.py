"""What a store gets to read in the morning."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
from findings import findings
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.deliver import spreadsheet
from pricewatch.deliver.store_files import COLUMNS, file_names, parcels, store_files


def only(*rows: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of the one file that is made."""
    [(_, frame)] = store_files(findings(*rows), surfaces={"tills": "till"})
    return frame.to_dicts()


def cells(content: bytes) -> list[list[str]]:
    """The file as a spreadsheet reads it."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_row_says_what_to_change_where_and_why() -> None:
    assert only({}) == [
        {
            "priority": 1,
            "sku": "A1",
            "gtin": "GTIN 03017620422003",
            "product": "Espresso 1 kg",
            "where": "till",
            "shown": "12.99 EUR",
            "should_be": "9.99 EUR",
            "since": "2026-03-13",
            "why": "promotion P-2218 is not given",
            "evidence": "seen 4 times, 2026-03-13 18:04 UTC, inbox/2026-03-13/tills/0417.csv.gz:812",
        }
    ]


def test_only_stores_with_something_to_do_get_a_file() -> None:
    made = store_files(
        findings(
            {"location": "0001"},
            {"location": "0002", "state": "resolved"},
            {"location": "0003", "state": "waived"},
            {"location": "0004", "state": "unverified"},
            {"location": "0005", "state": "regressed"},
            {"location": "0006", "subject": "gtin", "expected": None, "observed": None},
            {"location": None, "channel": "web", "channel_kind": "web"},
        )
    )
    assert [location for location, _ in made] == ["0001", "0005"]


def test_the_most_harmful_comes_first() -> None:
    rows = only(
        {"sku": "cheap", "impact": 10},
        {"sku": "given away", "impact": 90000, "direction": "undercharge"},
        {"sku": "unknown volume", "impact": None},
        {"sku": "dear", "impact": 5000},
        {"sku": "critical", "severity": "critical", "impact": 1},
        {"sku": "note", "severity": "info", "impact": 10**9},
    )
    assert [row["sku"] for row in rows] == ["critical", "dear", "cheap", "unknown volume", "given away", "note"]
    assert [row["priority"] for row in rows] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("finding", "why"),
    [
        ({"cause": "previous_list_price"}, "last price still charged, the change was not taken over"),
        ({"cause": "promotion_not_ended"}, "promotion P-2218 is over and still given"),
        ({"cause": "promotion_not_ended", "promotion": None}, "promotion is over and still given"),
        ({"cause": "unknown", "check": "promotion_missing"}, "promotion P-2218 is not given"),
        ({"cause": "unknown", "detail": "two prices on one shelf"}, "two prices on one shelf"),
        ({"cause": "unknown"}, "not the decided price"),
        ({"cause": "a_cause_made_next_year"}, "not the decided price"),
    ],
)
def test_why_is_said_in_words_of_a_store(finding: Mapping[str, Any], why: str) -> None:
    assert only(finding)[0]["why"] == why


def test_a_card_price_that_is_missing_and_a_struck_price_that_must_go_are_said_so() -> None:
    missing, struck = only(
        {"sku": "A", "subject": "member_price", "observed": None, "delta": None},
        {"sku": "B", "subject": "was_price", "expected": None, "delta": None},
    )
    assert (missing["where"], missing["shown"], missing["should_be"]) == ("till (card price)", "none", "9.99 EUR")
    assert (struck["where"], struck["shown"], struck["should_be"]) == ("till (struck-through price)", "12.99 EUR", "take it off")


def test_yen_have_no_cents_and_dinars_have_three_digits() -> None:
    yen, dinar = only({"sku": "A", "currency": "JPY"}, {"sku": "B", "currency": "KWD"})
    assert (yen["shown"], dinar["shown"]) == ("1299 JPY", "1.299 KWD")


@pytest.mark.parametrize("name", ['=HYPERLINK("http://evil")', "+1+1", "-2+3", "@SUM(1)", "\t=1+1", "\r=1", " =1+1", "\x00=1"])
def test_a_product_name_is_never_a_formula(name: str) -> None:
    [made] = parcels(findings({"name": name}))
    header, row = cells(made.content)
    assert row[header.index("product")].startswith("'")


def test_a_line_end_in_a_name_splits_no_row_and_a_semicolon_no_cell() -> None:
    [made] = parcels(findings({"name": 'Espresso\r\n"1 kg"; dark'}))
    header, row = cells(made.content)
    assert (len(header), row[3]) == (len(COLUMNS), 'Espresso "1 kg"; dark')
    assert made.content.count(b"\n") == 2


@pytest.mark.parametrize(
    ("sku", "written"), [("A1", "A1"), ("4711", "4711"), ("0012", "SKU 0012"), ("1E5", "SKU 1E5"), ("3-4", "SKU 3-4")]
)
def test_ids_stay_text_in_a_spreadsheet(sku: str, written: str) -> None:
    assert only({"sku": sku})[0]["sku"] == written


def test_the_file_opens_with_its_accents_and_semicolons() -> None:
    [made] = parcels(findings({"name": "Crème brûlée"}))
    assert made.content.startswith(b"\xef\xbb\xbfpriority;sku;gtin;")
    assert "Crème brûlée" in made.content.decode()
    assert made.rows == 1


@given(st.lists(st.text(max_size=80), unique=True))
def test_file_names_are_unique_safe_and_never_paths(locations: list[str]) -> None:
    names = file_names(locations)
    assert set(names) == set(locations)
    assert len({name.casefold() for name in names.values()}) == len(locations)
    for name in names.values():
        assert name.isascii()
        assert 0 < len(name) <= 80
        assert not set(name) & set('/\\:*?"<>|. \t\n\0')
        assert name.casefold() not in {"con", "nul", "aux", "prn", "manifest"}


@pytest.mark.parametrize("location", ["../../x", "a/b", "", "..", "CON", "x" * 300, "C:\\x", "manifest", "Paris 7e"])
def test_a_store_id_that_is_no_file_name_is_delivered_under_another_and_named_in_the_manifest(location: str) -> None:
    [made] = parcels(findings({"location": location}))
    assert made.about == {"location": location}
    assert made.name.removesuffix(".csv") != location
    assert made.name == parcels(findings({"location": location}))[0].name


def test_stores_that_differ_in_case_only_keep_their_names_when_one_has_nothing_to_do() -> None:
    both = {made.about["location"]: made.name for made in parcels(findings({"location": "A1"}, {"location": "a1"}))}
    [alone] = parcels(findings({"location": "A1"}), stores=["a1", "A1"])
    assert alone.name == both["A1"]
    assert both["A1"].casefold() != both["a1"].casefold()


def test_a_plain_store_id_is_its_own_file_name() -> None:
    assert file_names(["0417", "STORE-9", "fr_12"]) == {"0417": "0417", "STORE-9": "STORE-9", "fr_12": "fr_12"}


def test_five_hundred_stores_are_made_from_one_frame() -> None:
    many = pl.concat([findings({})] * 20_000).with_columns(
        location=(pl.int_range(pl.len()) % 500).cast(pl.String).str.zfill(4), sku=pl.int_range(pl.len()).cast(pl.String)
    )
    made = parcels(many)
    assert len(made) == 500
    assert {parcel.rows for parcel in made} == {40}


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@given(st.lists(st.tuples(st.sampled_from(["0417", "0418", "0419"]), names), min_size=1, max_size=8))
def test_files_that_are_written_together_are_what_each_would_be_alone(rows: list[tuple[str, str]]) -> None:
    told = findings(*({"location": store, "name": name, "sku": f"A{at}"} for at, (store, name) in enumerate(rows)))
    alone = {store: spreadsheet.csv(frame) for store, frame in store_files(told)}
    assert {parcel.about["location"]: parcel.content for parcel in parcels(told)} == alone
